import Conversations
import Database
import HTTP
import HTTPTypes

// The one place where errors become answers. What the database says goes to the log, never to the client.
extension Problem {
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let refusal as Refusal: self.init(refusal)
        case let interruption as ImportInterruption: self.init(interruption)
        case let error as ConversationError: self.init(error)
        case let error as DatabaseError: self.init(error)
        default: self.init(.internalError, "the server could not answer; its log says why")
        }
    }

    init(_ refusal: Refusal) {
        switch refusal {
        case .notFound:
            self.init(.notFound, "nothing is at this path; /docs lists the paths that exist")
        case .methodNotAllowed(let allow):
            self.init(.methodNotAllowed, "this path takes \(allow.allowValue)")
            headers.append(.allow, allow.allowValue)
        case .malformed: self.init(.invalidRequest, refusal.description)
        case .contentTooLarge: self.init(.payloadTooLarge, refusal.description)
        case .targetTooLong: self.init(.uriTooLong, refusal.description)
        case .headTooLarge: self.init(.headersTooLarge, refusal.description)
        case .expectationFailed: self.init(.expectationFailed, refusal.description)
        case .unsupportedTransferCoding: self.init(.notImplemented, refusal.description)
        case .deadlineExceeded: self.init(.timeout, refusal.description)
        case .draining: self.init(.draining, refusal.description)
        }
        closesConnection = refusal.closesConnection
    }

    private init(_ error: ConversationError) {
        switch error {
        case .notFound(let id): self.init(.notFound, "there is no conversation \(id)")
        case .idExists(let id): self.init(.idExists, "there is a conversation \(id) already")
        case .idempotencyKeyReused:
            self.init(.idempotencyKeyReused, "this Idempotency-Key was used for another request; make a new key for each request")
        case .malformedRow: self.init(.internalError, "the stored conversation cannot be read; the server's log has the details")
        }
    }

    private init(_ error: DatabaseError) {
        switch error.code {
        case .storageFull: self.init(.storageFull, "the disk is full; nothing has changed")
        case .busy, .heldByAnotherProcess: self.init(.busy, "the database is locked; nothing has changed")
        case .timedOut: self.init(.timeout, "there was not enough time for the query; ask for less, or again when the server is less busy")
        case .ioFailure:
            self.init(.databaseUnavailable, "the disk failed; a change may or may not have been stored")
        case .replaced:
            self.init(.databaseUnavailable, "the database file was moved or replaced, and an operator has to act; nothing has changed")
        case .corrupt, .notADatabase, .cannotOpen, .readOnly, .closed, .outOfMemory:
            self.init(.databaseUnavailable, "the database cannot be used at the moment; nothing has changed")
        default: self.init(.internalError, "the server could not answer; its log says why")
        }
    }
}
