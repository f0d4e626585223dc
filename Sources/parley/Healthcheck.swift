import ArgumentParser
import ParleyServer

struct Healthcheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "healthcheck",
        abstract: "Ask a running server how it is, for a container that has no curl.",
        discussion: "Exits with 0 when the probe passes, with 1 when it does not or when nothing answers."
    )

    @OptionGroup var file: ConfigFileOptions
    @OptionGroup var address: AskedAddressOptions

    @Flag(help: "Which probe: --live: the process is there; --ready: it serves; --startup: it has served once.")
    var probe: Probe = .ready

    enum Probe: String, EnumerableFlag {
        case live, ready, startup

        var kind: HealthProbe.Kind {
            switch self {
            case .live: .live
            case .ready: .ready
            case .startup: .startup
            }
        }
    }

    func run() throws {
        let settings = try Settings(file, address)
        do throws(HealthProbe.Failure) {
            let answer = try HealthProbe(settings).ask(probe.kind)
            // The answer of a probe is its exit status; whether anybody can read the body is another matter.
            try? writeOutput(answer.body)
            if !answer.passes { Self.exit(withError: ExitCode(1)) }
        } catch {
            writeError("error: \(error.description)")
            Self.exit(withError: ExitCode(1))
        }
    }
}

/// The same settings as ``AddressOptions``, as a client sees them.
struct AskedAddressOptions: SettingsOptions {
    @Option(help: ArgumentHelp(.host, "The address of the server; one that stands for all is asked through the loopback"))
    var host: String?

    @Option(help: ArgumentHelp(.port, "The port of the server"))
    var port: String?

    @Option(help: ArgumentHelp(.adminAddress, "Where its health is, if the server was given a place for it"))
    var adminAddress: String?

    var flags: [SettingKey: String?] { [.host: host, .port: port, .adminAddress: adminAddress] }
}
