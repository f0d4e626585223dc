/// What there is to know about a setting. The reader of values, `--help`, `parley config print`, a reload and docs/configuration.md all have it from here.
public struct Setting: Sendable {
    /// What it does, as a sentence without its full stop.
    public let meaning: String
    /// The value where nobody gives one, in words where there is none.
    public let defaultText: String
    /// What stands for the value in `--help`.
    public let valueName: String
    /// What a value may be; it completes "it has to be".
    let form: String
    /// Whether SIGHUP gives the server a new value; others wait for the next start.
    public let isReloaded: Bool
    /// Whether no value is a value too; the default is then words for that.
    let isOptional: Bool
    /// Whether its value is shown to nobody, and may be read from the file that `PARLEY_NAME_FILE` names.
    public let isSecret: Bool

    private let store: @Sendable (String, inout Settings) -> Bool

    /// A setting whose values go to a property of ``Settings``.
    ///
    /// - Parameter parse: nil for a text that cannot be.
    init<Value>(
        _ meaning: String,
        default defaultText: String,
        _ valueName: String,
        form: String,
        isReloaded: Bool = false,
        isSecret: Bool = false,
        isOptional: Bool = false,
        into property: any WritableKeyPath<Settings, Value> & Sendable,
        parse: @escaping @Sendable (String) -> Value?
    ) {
        self.meaning = meaning
        self.defaultText = defaultText
        self.valueName = valueName
        self.form = form
        self.isReloaded = isReloaded
        self.isSecret = isSecret
        self.isOptional = isOptional
        store = { text, settings in
            guard let value = parse(text) else { return false }
            settings[keyPath: property] = value
            return true
        }
    }

    /// The same for a property that may be unset. Its label is another one, since `into` would take the nil of a bad value for "unset".
    init<Value>(
        _ meaning: String,
        default defaultText: String,
        _ valueName: String,
        form: String,
        isReloaded: Bool = false,
        isSecret: Bool = false,
        intoOptional property: any WritableKeyPath<Settings, Value?> & Sendable,
        parse: @escaping @Sendable (String) -> Value?
    ) {
        self.init(
            meaning,
            default: defaultText,
            valueName,
            form: form,
            isReloaded: isReloaded,
            isSecret: isSecret,
            isOptional: true,
            into: property
        ) { text in parse(text).map(Optional.some) }
    }

    /// Puts the value that `text` stands for into `settings`.
    ///
    /// - Returns: false where it stands for none.
    func read(_ text: String, into settings: inout Settings) -> Bool {
        store(text, &settings)
    }
}
