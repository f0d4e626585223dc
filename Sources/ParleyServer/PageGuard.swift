import HTTP
import HTTPTypes

/// Keeps web pages away from a server that asks nobody for a token: the browser of somebody on this machine would let any page use it.
struct PageGuard: Sendable {
    /// Whose pages may.
    let origins: [String]
    /// Whether a name that anybody could have registered is refused as the server's: its owner can make it lead here (DNS rebinding), and a
    /// page of that name then reads what it likes.
    let refusesNames: Bool

    /// - Throws: ``Problem`` `invalid-header`, `foreign-page`.
    func require(_ required: Access, of request: Request) throws(Problem) {
        guard required > .anyone else { return }
        if refusesNames, let host = request.header(.host), !Self.isLocal(host) { throw .foreignHost }
        if required > .read, isForeign(request) { throw .foreignPage }
    }

    /// An address, `localhost`, or a name without a dot: none of them is anybody's to register.
    private static func isLocal(_ host: String) -> Bool {
        let bytes = host.utf8
        guard bytes.first != UInt8(ascii: "["), bytes.contains(UInt8(ascii: ".")) else { return true }
        let name = bytes.prefix { $0 != UInt8(ascii: ":") }
        let isAddress = name.allSatisfy { $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return isAddress || name.suffix(10).map { $0 | 0x20 }.elementsEqual(".localhost".utf8)
    }

    /// Whether a browser sends this for a page of another origin. Every browser names the origin of a page that writes; one that knows
    /// [Fetch Metadata](https://www.w3.org/TR/fetch-metadata/) also says how it is related, which holds behind a proxy too.
    private func isForeign(_ request: Request) -> Bool {
        guard let origin = request.header(.origin) else { return Self.isCrossSite(request) }
        if origins.contains(origin) || request.header(.secFetchSite) == "same-origin" { return false }
        guard let host = request.header(.host) else { return true }
        return origin != "http://\(host)" && origin != "https://\(host)"
    }

    private static func isCrossSite(_ request: Request) -> Bool {
        guard let site = request.header(.secFetchSite) else { return false }
        return site != "same-origin" && site != "none"
    }
}

extension Problem {
    fileprivate static let foreignHost = Problem(
        .invalidHeader,
        """
        Host names a server that this is not: one without tokens answers to addresses and local names only. Use 127.0.0.1 or localhost; behind a \
        proxy that authenticates its users, start it with --insecure-no-auth
        """
    )

    fileprivate static let foreignPage = Problem(
        .foreignPage,
        "a page of another origin may not change anything here; --cors-origin names the origins that may"
    )
}

extension HTTPField.Name {
    fileprivate static let host = HTTPField.Name("Host")!
    fileprivate static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
}
