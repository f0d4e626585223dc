import ArgumentParser
import Database

extension Parley {
    /// Runs the command that the arguments name. To parse every command on the way to it, as the library does, takes longer than most commands
    /// themselves, so the one that is named is parsed alone. What is not plainly right goes the whole way, which has the words for it.
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.first == Migrate.configuration.commandName { ThreadHeap.beginLarge() }
        guard var command = await command(parsing: arguments) else { return await main(arguments) }
        do { try await command.run() } catch { exit(withError: error) }
    }

    /// The command that the arguments name, with its options; nil where it does not say what it belongs to, and where it cannot be parsed alone: a
    /// mistake, or a question for help.
    static func command(parsing arguments: [String]) async -> (any AsyncParsableCommand)? {
        var (named, rest): (any ParsableCommand.Type, ArraySlice<String>) = (Self.self, arguments[...])
        while let next = named.configuration.subcommands.first(where: { $0.configuration.commandName == rest.first }) {
            (named, rest) = (next, rest.dropFirst())
        }
        guard named.configuration._superCommandName != nil, let named = named as? any AsyncParsableCommand.Type,
            let parsed = try? await named.asyncParseAsRoot(Array(rest)), type(of: parsed) == named
        else { return nil }
        return parsed as? any AsyncParsableCommand
    }
}
