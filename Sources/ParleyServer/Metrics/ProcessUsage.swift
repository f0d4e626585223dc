import Database
import Glibc

/// What this process takes of the machine: the metrics that every Prometheus client has under these names. Nil where the system does not tell.
struct ProcessUsage: Sendable {
    /// Seconds of processor time.
    let cpu: Double?
    /// Bytes.
    let residentMemory, virtualMemory: Int?
    let openDescriptors, maximumDescriptors: Int?
    /// Seconds since 1970.
    let startTime: Double?

    init() {
        // proc_pid_stat(5), from the field behind the program's name: the name may have blanks and brackets in it.
        let fields = Self.text(of: "/proc/self/stat").split(separator: ")").last?.split(separator: " ") ?? []
        let bootTime = Self.text(of: "/proc/stat").split(separator: "\n").first { $0.hasPrefix("btime ") }?.split(separator: " ").last
        func field(_ number: Int) -> Int? { fields.indices.contains(number - 3) ? Int(fields[number - 3]) : nil }
        cpu = Self.processorTime
        virtualMemory = field(23)
        residentMemory = field(24).map { $0 * sysconf(Int32(_SC_PAGESIZE)) }
        startTime = field(22).flatMap { ticks in
            bootTime.flatMap { Double($0) }.map { $0 + Double(ticks) / Double(sysconf(Int32(_SC_CLK_TCK))) }
        }
        // Without the one that the directory itself is read through.
        openDescriptors = (try? Directory.names(in: "/proc/self/fd")).map { $0.count - 1 }
        maximumDescriptors = Self.descriptorLimit
    }

    private static var processorTime: Double? {
        var usage = rusage()
        guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return nil }
        let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        return Double(seconds) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    private static var descriptorLimit: Int? {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return Int(clamping: limit.rlim_cur)
    }

    private static func text(of path: String) -> String {
        (try? SmallFile.read(path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
