import Glibc

/// A terminal on which a test types: a process that has it as its input takes it for one with a person before it. See pty(7), ioctl_tty(2).
final class PseudoTerminal: Sendable {
    struct Failure: Error {}

    /// What the process opens.
    let path: String
    private let descriptor: CInt
    /// TIOCSPTLCK and TIOCGPTN of linux/ioctl.h, which are macros that Swift does not see.
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430

    init() throws {
        descriptor = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (unlocked, number) = (CInt(0), CInt(0))
        // What unlockpt and ptsname do, which Glibc's module does not have.
        guard descriptor >= 0, unsafe ioctl(descriptor, Self.setLock, &unlocked) == 0,
            unsafe ioctl(descriptor, Self.getNumber, &number) == 0
        else { throw Failure() }
        path = "/dev/pts/\(number)"
    }

    deinit {
        close(descriptor)
    }

    /// Types a line; it waits in the terminal until somebody reads.
    func type(_ line: String) {
        let text = line + "\n"
        _ = unsafe text.withCString { unsafe write(descriptor, $0, text.utf8.count) }
    }
}
