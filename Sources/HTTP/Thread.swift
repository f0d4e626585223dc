internal import CMicroHTTPD
internal import Glibc

/// Starts a thread that runs `body`; joining it is the caller's.
///
/// - Throws: ``ServerError/failed(_:)`` when the system has no more threads.
func startThread(named name: String, _ body: sending @escaping () -> Void) throws(ServerError) -> pthread_t {
    let work = unsafe Unmanaged.passRetained(Work(name: name, body))
    var thread = pthread_t()
    let status = unsafe pthread_create(&thread, nil, { work in unsafe run(work) }, work.toOpaque())
    guard status == 0 else {
        unsafe work.release()
        throw .failed("No thread for an event loop: \(unsafe String(cString: strerror(status)))")
    }
    return thread
}

private final class Work {
    let name: String
    let body: () -> Void

    init(name: String, _ body: sending @escaping () -> Void) {
        self.name = name
        self.body = body
    }
}

private func run(_ work: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let work = unsafe work else { return nil }
    let thread = unsafe Unmanaged<Work>.fromOpaque(work).takeRetainedValue()
    unsafe parley_mhd_name_thread(thread.name)
    thread.body()
    return nil
}
