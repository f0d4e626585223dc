import DatabaseTesting

/// A disk of a megabyte or two, in a mount namespace of its own, which goes with the processes in it. Only who may mount can make one.
enum FullDisk {
    static func canBeMade() async throws -> Bool {
        try await run("true", on: TemporaryDisk(kilobytes: 100, mountPoint: "/mnt")).exit() == 0
    }

    /// A process whose database is on such a disk. When it has ended, its files are where the site's own database is.
    static func process(_ site: CrashSite, _ journal: CrashSite.Journal, kilobytes: Int) throws -> Parley {
        // Hides the mount point's own files from the processes in the namespace, and from nobody else.
        let disk = TemporaryDisk(kilobytes: kilobytes, mountPoint: "/mnt")
        let arguments = site.arguments(journal, on: "\(disk.mountPoint)/test.db").map { "'\($0)'" }.joined(separator: " ")
        let command = """
            '\(Parley.path(of: CrashSite.program))' \(arguments); status=$?
            cp '\(disk.mountPoint)'/* '\(site.directory.path)' && exit $status
            """
        return try run(command, on: disk)
    }

    private struct TemporaryDisk {
        let kilobytes: Int
        let mountPoint: String
    }

    private static func run(_ command: String, on disk: TemporaryDisk) throws -> Parley {
        let mount = "mount -t tmpfs -o size=\(disk.kilobytes)k none '\(disk.mountPoint)' 2>&1 || exit 90"
        return try Parley(["--mount", "/bin/sh", "-c", "\(mount)\n\(command)"], program: "/usr/bin/unshare")
    }
}
