import Conversations
import Logging

/// Removes idempotency keys whose time is over, while the server serves: a few in each write, so that no other write waits for long.
struct KeySweeper: Sendable {
    private static let pause = Duration.seconds(600)
    private static let mostAtOnce = 100

    let repository: ConversationRepository
    let logger: Logger

    /// Runs until its task is cancelled.
    func run() async {
        while (try? await Task.sleep(for: Self.pause)) != nil { await sweep() }
    }

    /// Removes all whose time is over at this moment. What fails is tried again the next time: such keys are not looked at any more.
    func sweep() async {
        do {
            while try await repository.removeExpiredKeys(limit: Self.mostAtOnce) == Self.mostAtOnce {}
        } catch  where !Task.isCancelled {
            logger.warning("expired idempotency keys stay for now", metadata: ["error": "\(error)"])
        } catch {}
    }
}
