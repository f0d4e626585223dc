import Conversations
import Database
import Testing

@Suite struct ConversationConditionTests {
    private struct Refused: Error, Equatable {}

    private let repository: ConversationRepository

    init() async throws {
        repository = ConversationRepository(database: try await migratedDatabase())
    }

    @Test func `a condition sees the row as it is, and nil where there is none`() async throws {
        let created = try await repository.create(title: .standard)
        _ = try await repository.update(created.id, title: .standard) { #expect($0 == created) }
        _ = try await repository.replace(.new(), title: .standard) { #expect($0 == nil) }
    }

    @Test func `a condition that throws changes nothing`() async throws {
        let created = try await repository.create(title: .standard)
        let other = ConversationID.new()
        let title = try ConversationTitle("never")
        await #expect(throws: Refused()) { try await repository.update(created.id, title: title) { _ in throw Refused() } }
        await #expect(throws: Refused()) { _ = try await repository.replace(created.id, title: title) { _ in throw Refused() } }
        await #expect(throws: Refused()) { _ = try await repository.replace(other, title: title) { _ in throw Refused() } }
        await #expect(throws: Refused()) { try await repository.delete(created.id) { _ in throw Refused() } }
        #expect(try await repository.page(ConversationQuery(limit: 10)).conversations == [created])
    }

    @Test func `of many writers that saw the same title exactly one wins`() async throws {
        let created = try await repository.create(title: .standard)
        let winners = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<50 {
                group.addTask {
                    do {
                        let title = try ConversationTitle("writer \(number)")
                        _ = try await repository.update(created.id, title: title) { current in
                            guard current?.title == created.title else { throw Refused() }
                        }
                        return true
                    } catch {
                        return false
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(winners == 1)
        #expect(try await repository.find(created.id).title.hasPrefix("writer "))
    }
}
