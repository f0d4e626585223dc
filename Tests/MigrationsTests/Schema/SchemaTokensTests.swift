import Testing

@testable import Migrations

@Suite struct SchemaTokensTests {
    @Test(arguments: [
        ("CREATE TABLE a (x)", "CREATE TABLE a(x)"),
        ("CREATE TABLE a (x)", "CREATE  TABLE\n\ta\r\n( x )"),
        ("CREATE TABLE a (x)", "create table A (X)"),
        ("CREATE TABLE a (x)", "CREATE TABLE IF NOT EXISTS a (x)"),
        ("CREATE UNIQUE INDEX i ON a (x)", "CREATE UNIQUE INDEX if not exists i ON a (x)"),
        ("CREATE VIRTUAL TABLE d USING fts5 (t)", "CREATE VIRTUAL TABLE IF NOT EXISTS d USING fts5 (t)"),
        ("CREATE TABLE a (x)", "CREATE TABLE \"a\" ([x])"),
        ("CREATE TABLE a (x)", "CREATE TABLE `A` (\"X\")"),
        ("CREATE TABLE a (\"it\"\"s\")", "CREATE TABLE a ([it\"s])"),
        ("CREATE TABLE a (`b``c`)", "CREATE TABLE a (\"b`c\")"),
        ("CREATE TABLE a (x, y)", "CREATE TABLE a (x, -- the first\n y /* the second */)"),
        ("CREATE TABLE a (x DEFAULT x'AB')", "CREATE TABLE a (x DEFAULT X'ab')"),
        ("CREATE TABLE a (x CHECK (x > 1E3))", "CREATE TABLE a (x CHECK(x>1e3))"),
        ("CREATE TABLE a (x)", "\u{FEFF}CREATE TABLE a (x)"),
        ("CREATE TABLE a (x DEFAULT CURRENT_TIMESTAMP, y DEFAULT TRUE)", "CREATE TABLE a (x default current_timestamp, y default true)"),
        (
            "CREATE TABLE a (x REFERENCES b ON DELETE SET DEFAULT NOT NULL)",
            "CREATE TABLE a (x references b on delete set default not null)"
        ),
    ])
    func `what cannot matter is no difference`(first: String, second: String) {
        #expect(SchemaTokens(first) == SchemaTokens(second))
    }

    @Test(arguments: [
        ("CREATE TABLE a (x)", "CREATE TABLE a (x, y)"),
        ("CREATE TABLE a (x INT)", "CREATE TABLE a (x INTEGER)"),
        ("CREATE TABLE a (x DEFAULT 'a b')", "CREATE TABLE a (x DEFAULT 'a  b')"),
        ("CREATE TABLE a (x DEFAULT 'A')", "CREATE TABLE a (x DEFAULT 'a')"),
        ("CREATE TABLE a (x DEFAULT Abc)", "CREATE TABLE a (x DEFAULT abc)"),
        ("CREATE TABLE a (x DEFAULT \"Abc\")", "CREATE TABLE a (x DEFAULT \"abc\")"),
        ("CREATE TABLE a (x DEFAULT '-- a')", "CREATE TABLE a (x DEFAULT '')"),
        ("CREATE TABLE a (x DEFAULT 'it''s')", "CREATE TABLE a (x DEFAULT 'its')"),
        ("CREATE TABLE a (x CHECK (x IS NOT null))", "CREATE TABLE a (x CHECK (x IS NOT \"null\"))"),
        ("CREATE TABLE a (x CHECK (x = true))", "CREATE TABLE a (x CHECK (x = [true]))"),
        ("CREATE TABLE a (\"a b\")", "CREATE TABLE a (a b)"),
        ("CREATE TABLE a (\"1\")", "CREATE TABLE a (1)"),
        ("CREATE VIEW v AS SELECT $x", "CREATE VIEW v AS SELECT \"$x\""),
        ("CREATE TABLE a (x DEFAULT x'AB')", "CREATE TABLE a (x DEFAULT 'ab')"),
        ("CREATE TABLE a (\"é\")", "CREATE TABLE a (\"e\u{301}\")"),
        ("CREATE VIEW v AS SELECT x AS 'y'", "CREATE VIEW v AS SELECT x'y'"),
        ("CREATE VIEW v AS SELECT 1 IF NOT EXISTS", "CREATE VIEW v AS SELECT 1"),
    ])
    func `what may matter is a difference`(first: String, second: String) {
        #expect(SchemaTokens(first) != SchemaTokens(second))
    }

    @Test(arguments: ["", "'", "\"", "[", "/*", "--", "x'", "\"\"", "''''", "CREATE"])
    func `what SQLite would not accept has an end all the same`(_ text: String) {
        #expect(SchemaTokens(text).tokens.count <= 2)
    }
}
