// swift-tools-version: 6.2

import PackageDescription

// The arrows between the modules (docs/architecture.md): a target imports what it lists here, and nothing else. `.ci/imports` proves it.
let package = Package(
    name: "parley",
    products: [
        .executable(name: "parley", targets: ["parley"]),
        .library(name: "Migrations", targets: ["Database", "Migrations"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // For tests alone: it imports all of Foundation, which makes the program twice as large.
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        // Loaded when it is needed, not linked: it wants the headers of libmicrohttpd-dev and libgnutls28-dev alone.
        .target(name: "CMicroHTTPD"),
        .target(name: "Metrics"),
        .target(name: "Database", dependencies: ["CSQLite", "Metrics", .product(name: "Logging", package: "swift-log")]),
        .target(
            name: "Migrations",
            dependencies: [
                "Database",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(
            name: "HTTP",
            dependencies: ["CMicroHTTPD", .product(name: "HTTPTypes", package: "swift-http-types")]
        ),
        .target(name: "Conversations", dependencies: ["Database"]),
        .target(
            name: "ParleyServer",
            dependencies: [
                "Conversations", "Database", "HTTP", "Metrics", "Migrations",
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            // Links to the documents at the top level, compiled in: one binary serves them from anywhere.
            resources: [.embedInCode("openapi.json"), .embedInCode("openapi.yaml")]
        ),
        .executableTarget(
            name: "parley",
            dependencies: [
                "Database", "Migrations", "ParleyServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),

        // What the tests share: the conformance suite of the seam, and a bridge that fails on demand.
        .target(name: "DatabaseTesting", dependencies: ["Database"], path: "Tests/DatabaseTesting"),
        .testTarget(name: "DatabaseTests", dependencies: ["Database", "DatabaseTesting", "Metrics"]),
        .testTarget(
            name: "MigrationsTests",
            dependencies: [
                "Database", "DatabaseTesting", "Migrations",
                .product(name: "InMemoryLogging", package: "swift-log"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        // A client that sends exactly the bytes it is given.
        .target(name: "HTTPTesting", dependencies: ["HTTP"], path: "Tests/HTTPTesting"),
        .testTarget(
            name: "HTTPTests",
            dependencies: ["DatabaseTesting", "HTTP", "HTTPTesting", .product(name: "HTTPTypes", package: "swift-http-types")]
        ),
        .testTarget(name: "ConversationsTests", dependencies: ["Conversations", "Database", "DatabaseTesting", "Migrations"]),
        .testTarget(
            name: "ParleyServerTests",
            dependencies: [
                "Conversations", "Database", "DatabaseTesting", "HTTP", "HTTPTesting", "Metrics", "Migrations", "ParleyServer",
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ]
        ),
        // A program that embeds the engine and dies where it is told to.
        .executableTarget(
            name: "MigrationProcess",
            dependencies: ["Database", "Migrations", .product(name: "Logging", package: "swift-log")],
            path: "Tests/MigrationProcess"
        ),
        .testTarget(
            name: "ParleyCommandTests",
            dependencies: [
                "Database", "DatabaseTesting", "HTTP", "HTTPTesting", "MigrationProcess", "Migrations", "ParleyServer", "parley",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("ImmutableWeakCaptures"),
        .enableUpcomingFeature("InferIsolatedConformances"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
    ]
}
