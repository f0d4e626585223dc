import DatabaseTesting
import Glibc
import HTTP
import HTTPTesting
import Testing

/// Sockets that somebody else has opened: sd_listen_fds(3).
@Suite(.timeLimit(.minutes(1))) struct SocketActivationTests {
    private let workplace: Workplace
    private let socket = ListeningTestSocket()

    init() throws {
        workplace = try Workplace()
    }

    /// Starts `parley serve` as a manager does, which alone can know its process id.
    private func start(_ sockets: [Int32], _ environment: [String: String], _ arguments: String...) throws -> Parley {
        try Parley(
            ["-c", #"export LISTEN_PID=$$; exec "$0" "$@""#, Parley.path(of: "parley"), "serve"] + workplace.options + arguments,
            program: "/bin/sh",
            environment: environment.merging(["LISTEN_FDS": "\(sockets.count)"]) { $1 },
            passing: sockets
        )
    }

    @Test func `clients that come while no server is there are served by the next one`() async throws {
        let first = try await RunningServer(try start([socket.descriptor], [:]), in: workplace).ready()
        #expect(first.address == socket.address)
        #expect(try await Client(socket.address).post("kept").status == 201)
        #expect(await first.stop() == 0)

        let early = try Client(socket.address)
        early.get("/conversations")
        let second = try await RunningServer(try start([socket.descriptor], ["LISTEN_FDNAMES": "http"]), in: workplace)
        let reply = try await early.reply()
        #expect([200, 503].contains(reply.status), "the server may still be starting")
        _ = try await second.ready()
        #expect(try await second.get("/conversations").body.contains("kept"))
        #expect(await second.stop() == 0)
    }

    @Test func `the socket that is called admin has health and metrics`() async throws {
        let admin = ListeningTestSocket()
        let parley = try start([admin.descriptor, socket.descriptor], ["LISTEN_FDNAMES": "admin:parley.socket"])
        let server = try await RunningServer(parley, in: workplace).ready()
        func status(_ address: SocketAddress, _ target: String) async throws -> Int {
            let client = try Client(address)
            client.get(target)
            return try await client.reply().status
        }
        #expect(try await status(admin.address, "/readyz") == 200)
        #expect(try await status(socket.address, "/readyz") == 404)
        #expect(try await status(socket.address, "/conversations") == 200)
        #expect(await server.stop() == 0)
    }

    @Test func `what is meant for another process is left alone`() async throws {
        let parley = try Parley(
            ["serve", "--port", "0"] + workplace.options,
            environment: ["LISTEN_FDS": "1", "LISTEN_PID": "1"],
            passing: [socket.descriptor]
        )
        let server = try await RunningServer(parley, in: workplace).ready()
        #expect(server.address != socket.address)
        #expect(await server.stop() == 0)
    }

    @Test func `a descriptor that is no socket is 5, and one too many is 64`() async throws {
        let file = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        let wrong = try start([file], [:])
        #expect(await wrong.exit() == 5)
        let reason =
            "Descriptor 3 is no TCP socket that listens. Pass one, as ListenStream=127.0.0.1:8080 in a socket unit of systemd does."
        #expect(await wrong.errors.whole().contains(#""message":"cannot serve","reason":"\#(reason)"}"#))
        let many = try start([socket.descriptor, socket.descriptor], [:])
        #expect(await many.exit() == 64)
        #expect(await many.errors.whole().contains("LISTEN_FDS has a second socket for requests, and parley takes one: "))
    }

    @Test func `a socket that others can reach needs tokens, as an address does`() async throws {
        let open = ListeningTestSocket(host: INADDR_ANY)
        let parley = try start([open.descriptor], [:])
        #expect(await parley.exit() == 64)
        #expect(await parley.errors.whole().contains("which others can reach, and requests need no token"))
    }
}

/// A socket that listens on a free port.
private final class ListeningTestSocket: Sendable {
    let descriptor: Int32
    let address: SocketAddress

    init(host: UInt32 = INADDR_LOOPBACK) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = host.bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        unsafe withUnsafeMutableBytes(of: &address) { bytes in
            let pointer = unsafe bytes.assumingMemoryBound(to: sockaddr.self).baseAddress
            _ = unsafe bind(descriptor, pointer, size)
            _ = listen(descriptor, 10)
            _ = unsafe getsockname(descriptor, pointer, &size)
        }
        self.descriptor = descriptor
        self.address = SocketAddress(host: "127.0.0.1", port: UInt16(bigEndian: address.sin_port))
    }

    deinit {
        close(descriptor)
    }
}
