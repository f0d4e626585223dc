import HTTP
import HTTPTypes

/// An answer that says what went wrong: `application/problem+json` (RFC 9457), the one shape of every error.
struct Problem: Error, Sendable {
    /// One fault in a body, with the JSON pointer (RFC 6901) to it.
    struct Fault: Sendable, Hashable {
        let pointer: String
        let code: String
        let detail: String
        /// The line of an import, from 1; nil for a body that is one document.
        var line: Int?
    }

    let code: ProblemCode
    /// A sentence about this occurrence, for the client.
    let detail: String
    var faults: [Fault] = []
    var headers: Headers = [:]
    /// Seconds after which the client may try again.
    var retryAfter: Int?
    var closesConnection = false

    init(_ code: ProblemCode, _ detail: String) {
        self.code = code
        self.detail = detail
        retryAfter = code.retryAfter
    }

    static func validation(_ faults: [Fault]) -> Problem {
        let list = faults.map { "\($0.pointer.isEmpty ? "the body" : $0.pointer) \($0.detail)" }.joined(separator: "; ")
        var problem = Problem(.validationFailed, list)
        problem.faults = faults
        return problem
    }

    func response(instance: String, requestID: String) -> Response {
        var headers = headers
        headers.append(.contentType, "application/problem+json")
        headers.append(.cacheControl, "no-store")
        if let seconds = retryAfter { headers.append(.retryAfter, String(seconds)) }
        return Response(status: code.status, headers: headers, body: document(instance, requestID), closesConnection: closesConnection)
    }

    private func document(_ instance: String, _ requestID: String) -> [UInt8] {
        JSONWriter.object { json in
            json.member("type", "/problems/\(code.rawValue)")
            json.member("title", code.title)
            json.member("status", code.status.code)
            json.member("detail", detail)
            json.member("instance", instance)
            json.member("code", code.rawValue)
            json.member("request_id", requestID)
            if !faults.isEmpty {
                json.member("errors") { $0.array(faults) { json, fault in json.object(fault.write) } }
            }
        }
    }
}

extension Problem.Fault {
    func write(_ json: inout JSONWriter) {
        if let line { json.member("line", line) }
        json.member("pointer", pointer)
        json.member("code", code)
        json.member("detail", detail)
    }
}
