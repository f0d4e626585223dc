import ArgumentParser
import ParleyServer

struct Healthcheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "healthcheck",
        abstract: "Ask a running server how it is, for a container that has no curl.",
        discussion: "Exits with 0 when the probe passes, with 1 when it does not or when nothing answers."
    )

    @OptionGroup var address: AddressOptions

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
        let settings = try Settings(address)
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
