import Database
import Glibc
import Testing

/// Processes that start at once on one file, as the servers of a rolling restart do.
@Suite(.timeLimit(.minutes(3))) struct MigrationCrowdTests {
    let site: CrashSite

    init() throws { site = try CrashSite() }

    @Test(arguments: CrashSite.Journal.allCases)
    func `eight at once all succeed, and each file is applied once`(_ journal: CrashSite.Journal) async throws {
        let processes = try (1...8).map { _ in try site.process(journal) }
        var applied = 0
        for process in processes {
            let output = await process.output.whole()
            #expect(await process.exit() == 0, "\(output)")
            applied += output.split { $0 == " " || $0 == "\n" }.count { $0 == "applied" }
        }
        #expect(applied == 5)
        #expect(try await site.survey(journal, against: try await site.prefixes(), "eight at once") == 5)
    }

    /// Each of the five comes to its end at another moment: at the plan, in a file, at a commit, or never, where the others were faster.
    @Test(arguments: CrashSite.Journal.allCases)
    func `of eight at once, five may be killed, and the others succeed`(_ journal: CrashSite.Journal) async throws {
        let victims = try [1, 3, 6, 10, 13].map { try site.process(journal, "kill-at=\($0)") }
        let others = try (1...3).map { _ in try site.process(journal) }
        for process in others {
            let output = await process.output.whole()
            #expect(await process.exit() == 0, "\(output)")
        }
        for process in victims { #expect([0, 128 + SIGKILL].contains(await process.exit())) }
        #expect(try await site.survey(journal, against: try await site.prefixes(), "eight at once, five killed") == 5)
    }
}
