internal import CMicroHTTPD
internal import Glibc
internal import HTTPTypes

// What libmicrohttpd calls. The functions capture nothing; each `context` is the loop's `LoopContext`, which outlives the daemon.
// A `Connection` is retained and released in `connectionChanged`, and owns the `Exchange` of its request: libmicrohttpd does not tell
// of the end of every request whose line it has shown (a query with too many items ends in silence), but of every connection's.

/// The callbacks and limits of a daemon, which speaks HTTP until it is given a certificate.
func makeSetup(context: LoopContext, connectionLimit: Int) -> parley_mhd_setup {
    unsafe parley_mhd_setup(
        context: Unmanaged.passUnretained(context).toOpaque(),
        log: logMessage,
        request_line: requestLineArrived,
        access: requestArrived,
        completed: requestCompleted,
        connection: connectionChanged,
        unescape: leaveEscaped,
        certificate: nil,
        key: nil,
        key_password: nil,
        tls_priorities: nil,
        connection_memory: context.configuration.connectionMemory,
        connection_limit: UInt32(clamping: connectionLimit),
        idle_seconds: UInt32(clamping: max(1, context.configuration.idleTimeout.components.seconds))
    )
}

/// Calls `body` with the name and value of each header, in order; the bytes are libmicrohttpd's.
func forEachHeader(of connection: OpaquePointer, _ body: (Span<UInt8>, Span<UInt8>) -> Void) {
    withoutActuallyEscaping(body) { body in
        var visitor = HeaderVisitor(visit: body)
        unsafe withUnsafeMutablePointer(to: &visitor) { visitor in
            _ = unsafe MHD_get_connection_values_n(connection, .HEADER_KIND, visitHeader, visitor)
        }
    }
}

private struct HeaderVisitor {
    let visit: (Span<UInt8>, Span<UInt8>) -> Void
}

private func visitHeader(
    visitor: UnsafeMutableRawPointer?,
    kind: MHD_ValueKind,
    name: UnsafePointer<CChar>?,
    nameSize: Int,
    value: UnsafePointer<CChar>?,
    valueSize: Int
) -> MHD_Result {
    guard let visitor = unsafe visitor?.assumingMemoryBound(to: HeaderVisitor.self) else { return .NO }
    unsafe visitor.pointee.visit(bytes(name, nameSize).span, bytes(value, valueSize).span)
    return .YES
}

private func bytes(_ start: UnsafePointer<CChar>?, _ count: Int) -> UnsafeBufferPointer<UInt8> {
    let raw = unsafe UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)
    return unsafe raw.assumingMemoryBound(to: UInt8.self)
}

// MARK: Requests

private func requestLineArrived(
    context: UnsafeMutableRawPointer?,
    target: UnsafePointer<CChar>?,
    connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
    guard let context = unsafe context, let target = unsafe target, let connection = unsafe connection,
        let client = unsafe parley_mhd_socket_context(connection)
    else { return nil }
    return unsafe withLoop(context) { loop in
        let client = unsafe Unmanaged<Connection>.fromOpaque(client).takeUnretainedValue()
        let exchange = unsafe Exchange(target: String(cString: target), connection: connection, client: client, context: loop)
        loop.began(exchange, on: client)
        return unsafe Unmanaged.passUnretained(exchange).toOpaque()
    }
}

private func requestArrived(
    context: UnsafeMutableRawPointer?,
    connection: OpaquePointer?,
    path: UnsafePointer<CChar>?,
    method: UnsafePointer<CChar>?,
    version: UnsafePointer<CChar>?,
    upload: UnsafePointer<CChar>?,
    uploadSize: UnsafeMutablePointer<Int>?,
    exchange: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let exchange = unsafe exchange?.pointee, let size = unsafe uploadSize, let method = unsafe method, let version = unsafe version
    else { return .NO }
    return unsafe Unmanaged<Exchange>.fromOpaque(exchange)._withUnsafeGuaranteedRef { exchange in
        if exchange.isFresh {
            return unsafe exchange.headArrived(method: HTTPRequest.Method(String(cString: method)), version: version)
        }
        guard unsafe size.pointee > 0 else { return exchange.requestEnded() }
        defer { unsafe size.pointee = 0 }
        return unsafe exchange.bodyArrived(UnsafeRawBufferPointer(start: upload, count: size.pointee))
    }
}

private func requestCompleted(
    context: UnsafeMutableRawPointer?,
    connection: OpaquePointer?,
    exchange: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    reason: MHD_RequestTerminationCode
) {
    guard let context = unsafe context, let connection = unsafe connection,
        let client = unsafe parley_mhd_socket_context(connection)
    else { return }
    unsafe exchange?.pointee = nil
    unsafe withLoop(context) { loop in
        unsafe loop.endExchange(on: Unmanaged<Connection>.fromOpaque(client).takeUnretainedValue())
    }
}

// MARK: Streamed responses

/// A response whose body `exchange` makes while it is sent; it is retained until libmicrohttpd lets go of the response.
///
/// The answer to a `HEAD` says nothing of how its body would be framed, and ends the connection: libmicrohttpd 0.9.75 would send the last chunk
/// of a chunked body that has no other, and the client would take that for the beginning of the next answer.
func makeStreamedMessage(_ exchange: Exchange) -> OpaquePointer? {
    let context = unsafe Unmanaged.passRetained(exchange)
    let message = unsafe MHD_create_response_from_callback(UInt64.max, Exchange.sendSize, readBody, context.toOpaque(), releaseBody)
    if unsafe message == nil { unsafe context.release() }
    if exchange.isHead { _ = unsafe parley_mhd_send_without_chunks(message) }
    return unsafe message
}

private func readBody(context: UnsafeMutableRawPointer?, position: UInt64, target: UnsafeMutablePointer<CChar>?, size: Int) -> Int {
    guard let context = unsafe context else { return Exchange.endOfBodyWithError }
    return unsafe Unmanaged<Exchange>.fromOpaque(context)._withUnsafeGuaranteedRef { exchange in
        unsafe exchange.fill(UnsafeMutableRawBufferPointer(start: target, count: size))
    }
}

private func releaseBody(context: UnsafeMutableRawPointer?) {
    guard let context = unsafe context else { return }
    unsafe Unmanaged<Exchange>.fromOpaque(context).takeRetainedValue().bodyReleased()
}

// MARK: Connections

private func connectionChanged(
    context: UnsafeMutableRawPointer?,
    connection: OpaquePointer?,
    client: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    change: MHD_ConnectionNotificationCode
) {
    guard let context = unsafe context, let connection = unsafe connection, let client = unsafe client else { return }
    unsafe withLoop(context) { loop in
        switch change {
        case .CONNECTION_NOTIFY_STARTED:
            let deadline = loop.now + loop.configuration.requestTimeout
            let descriptor = unsafe parley_mhd_descriptor(connection)
            let credentials = loop.configuration.tls?.credentials
            unsafe credentials?.apply(to: connection)
            let opened = Connection(
                descriptor: descriptor,
                slot: loop.takeSlot(of: descriptor),
                credentials: credentials,
                deadline: deadline
            )
            unsafe client.pointee = Unmanaged.passRetained(opened).toOpaque()
            loop.opened(opened)
        case .CONNECTION_NOTIFY_CLOSED:
            guard let pointer = unsafe client.pointee else { return }
            loop.closed(unsafe Unmanaged<Connection>.fromOpaque(pointer).takeRetainedValue())
        }
    }
}

// MARK: Everything else

private func withLoop<Value>(_ context: UnsafeMutableRawPointer, _ body: (LoopContext) -> Value) -> Value {
    unsafe Unmanaged<LoopContext>.fromOpaque(context)._withUnsafeGuaranteedRef { loop in
        assert(loop.loop.isCurrent, "libmicrohttpd is only ever called on its loop's thread")
        return body(loop)
    }
}

/// Paths and queries are decoded in Swift, after they have been split: libmicrohttpd would turn `/a%2Fb%00c` into `/a/b`.
private func leaveEscaped(
    context: UnsafeMutableRawPointer?,
    connection: OpaquePointer?,
    text: UnsafeMutablePointer<CChar>?
) -> Int {
    guard let text = unsafe text else { return 0 }
    return unsafe strlen(text)
}

private func logMessage(context: UnsafeMutableRawPointer?, format: UnsafePointer<CChar>?, arguments: CVaListPointer?) {
    guard let context = unsafe context, let format = unsafe format, let arguments = unsafe arguments else { return }
    let message = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
        guard let start = buffer.baseAddress else { return "" }
        _ = unsafe vsnprintf(start, buffer.count, format, arguments)
        return unsafe String(cString: start)
    }
    let loop = unsafe Unmanaged<LoopContext>.fromOpaque(context).takeUnretainedValue()
    loop.configuration.log(message.last == "\n" ? String(message.dropLast()) : message)
}
