import DatabaseTesting
import HTTP

@testable import ParleyServer

extension Authenticator {
    /// One that knows a single token, with the scope `read`.
    static func withReader() throws -> (authenticator: Authenticator, token: String) {
        let directory = try TemporaryDirectory()
        let file = TokenFile(path: directory.file("tokens"))
        let token = try file.create(name: "reader", scope: .read, lifetime: nil)
        let authenticator = Authenticator(file)
        try authenticator.reload()
        return (authenticator, token)
    }
}
