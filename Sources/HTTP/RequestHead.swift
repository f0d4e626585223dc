internal import CMicroHTTPD
internal import HTTPTypes

/// A request's headers and its client's address: libmicrohttpd's own memory, or a copy of it.
///
/// Nothing is copied while the exchange lasts. A handler that outlives its exchange (its deadline passed, the server is stopping)
/// gets a copy first, so that it can never read freed memory, nor see an `If-Match` disappear.
@safe
final class RequestHead {
    @safe
    enum Storage {
        case live(OpaquePointer)
        case copied(Headers, remoteAddress: String)
    }

    /// When the request line was there.
    let arrival: ContinuousClock.Instant
    /// Whether the server has answered in place of the handler.
    var isAnsweredFor = false
    private var storage: Storage

    init(_ storage: Storage, arrival: ContinuousClock.Instant) {
        self.storage = storage
        self.arrival = arrival
    }

    func first(_ name: HTTPField.Name) -> String? {
        switch storage {
        case .live(let connection): unsafe Self.lookUp(name, in: connection)
        case .copied(let headers, _): headers[name]
        }
    }

    func values(_ name: HTTPField.Name) -> [String] {
        switch storage {
        case .live(let connection): unsafe Self.copyHeaders(of: connection, called: name).fields.map(\.value)
        case .copied(let headers, _): headers.values(name)
        }
    }

    var remoteAddress: String {
        switch storage {
        case .live(let connection): unsafe SocketAddress(parley_mhd_client_address(connection))?.host ?? "unknown"
        case .copied(_, let address): address
        }
    }

    /// Copies what is there, before the connection's memory goes.
    func detach() {
        guard case .live(let connection) = storage else { return }
        storage = unsafe .copied(Self.copyHeaders(of: connection, called: nil), remoteAddress: remoteAddress)
    }

    /// Lets go of the connection: its memory goes, and nobody is left to look. A copy stays with the handler that outlives it.
    func discard() {
        guard case .live = storage else { return }
        storage = .copied([:], remoteAddress: "")
    }

    private static func lookUp(_ name: HTTPField.Name, in connection: OpaquePointer) -> String? {
        var name = name.rawName
        return name.withUTF8 { key in
            var value: UnsafePointer<CChar>?
            var size = 0
            let found = unsafe key.withMemoryRebound(to: CChar.self) { key in
                unsafe MHD_lookup_connection_value_n(connection, .HEADER_KIND, key.baseAddress, key.count, &value, &size)
            }
            guard found == .YES, let value = unsafe value else { return nil }
            return unsafe String(decoding: UnsafeRawBufferPointer(start: value, count: size), as: UTF8.self)
        }
    }

    private static func copyHeaders(of connection: OpaquePointer, called name: HTTPField.Name?) -> Headers {
        var headers: Headers = [:]
        unsafe forEachHeader(of: connection) { key, value in
            guard let key = HTTPField.Name(String(repairing: key)), name == nil || key == name else { return }
            headers.append(key, String(repairing: value))
        }
        return headers
    }
}

extension String {
    fileprivate init(repairing bytes: Span<UInt8>) {
        self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
