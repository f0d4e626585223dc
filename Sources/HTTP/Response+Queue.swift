internal import CMicroHTTPD
internal import HTTPTypes

extension Response {
    /// Hands the response to libmicrohttpd, or a bare 500 where it cannot be sent as it is.
    ///
    /// The body is copied: one `malloc` and one `memcpy` are cheaper than a retained box for bodies of the size this server sends.
    ///
    /// - Parameter exchange: what makes the body, where that happens while it is sent.
    func queue(on connection: OpaquePointer, from exchange: Exchange? = nil) -> MHD_Result {
        if status.code >= 200, unsafe send(on: connection, from: exchange) == .YES { return .YES }
        return unsafe Response(status: .internalServerError, closesConnection: true).send(on: connection, from: nil)
    }

    private func send(on connection: OpaquePointer, from exchange: Exchange?) -> MHD_Result {
        guard let message = unsafe exchange.map(makeStreamedMessage) ?? makeMessage() else { return .NO }
        defer { unsafe MHD_destroy_response(message) }
        for (name, value) in headers.fields where name != .contentLength {
            guard unsafe add(name.rawName, value, to: message) == .YES else { return .NO }
        }
        if closesConnection { _ = unsafe add("Connection", "close", to: message) }
        return unsafe MHD_queue_response(connection, UInt32(status.code), message)
    }

    /// Lends both where they lie: a string that is passed for a pointer is copied into an array first.
    private func add(_ name: String, _ value: String, to message: OpaquePointer) -> MHD_Result {
        unsafe name.withCString { name in unsafe value.withCString { value in unsafe MHD_add_response_header(message, name, value) } }
    }

    private func makeMessage() -> OpaquePointer? {
        // libmicrohttpd only reads what it is told to copy; its parameter is not const for the modes that hand over memory.
        unsafe body.withUnsafeBytes { bytes in
            unsafe MHD_create_response_from_buffer(bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
        }
    }
}
