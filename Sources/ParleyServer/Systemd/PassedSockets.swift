import FoundationEssentials
import Glibc
import HTTP

/// Sockets that the service manager has opened for this process, by sd_listen_fds(3): from descriptor 3 on, each with a name.
struct PassedSockets: Sendable, Hashable {
    /// For requests; nil where the server opens one itself.
    private(set) var clients: Int32?
    /// For health and metrics: the one that is called `admin`.
    private(set) var operators: Int32?

    /// None.
    init() {}

    /// - Parameter pid: of this process, since the variables may be meant for another one.
    /// - Throws: ``SettingsError`` where there are more than the server has a use for.
    init(environment: [String: String], pid: Int32) throws(SettingsError) {
        guard environment["LISTEN_PID"] == "\(pid)", let count = environment["LISTEN_FDS"].flatMap(Int32.init), count > 0 else { return }
        let names = (environment["LISTEN_FDNAMES"] ?? "").split(separator: ":", omittingEmptySubsequences: false)
        for index in 0..<count { try take(3 + index, named: names.indices.contains(Int(index)) ? names[Int(index)] : "") }
    }

    private mutating func take(_ descriptor: Int32, named name: Substring) throws(SettingsError) {
        let place: WritableKeyPath<Self, Int32?> = name == "admin" ? \.operators : \.clients
        guard self[keyPath: place] == nil else {
            throw SettingsError(
                faults: [
                    """
                    LISTEN_FDS has a second socket for \(name == "admin" ? "health and metrics" : "requests"), and parley takes one: \
                    ListenStream=[::]:8080 takes IPv4 too, and FileDescriptorName=admin makes a socket that of --admin-address
                    """
                ]
            )
        }
        self[keyPath: place] = descriptor
    }
}

extension Settings {
    /// Takes the addresses of the sockets that this process was passed in place of those that were set.
    ///
    /// - Throws: ``ApplicationError``, also for a descriptor that is no socket to listen on.
    public mutating func listenOnPassedSockets() throws(ApplicationError) {
        let sockets: PassedSockets
        do throws(SettingsError) {
            sockets = try PassedSockets(environment: ProcessInfo.processInfo.environment, pid: getpid())
        } catch {
            throw .settings(error)
        }
        passedSockets = sockets
        do throws(ServerError) {
            if let clients = sockets.clients {
                let address = try SocketAddress(ofInheritedSocket: clients)
                (host, port) = (address.host, address.port)
            }
            if let operators = sockets.operators { adminAddress = try SocketAddress(ofInheritedSocket: operators) }
        } catch {
            throw .listening(error)
        }
    }
}
