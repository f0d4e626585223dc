// swift-tools-version: 6.2

import PackageDescription

// A program that keeps notes in a SQLite file and brings that file up to date by itself. It has nothing to do with Parley's server: it takes
// the library `Migrations` from the package two folders up, as it would take it from a URL.
let package = Package(
    name: "NotesApp",
    dependencies: [
        .package(name: "parley", path: "../.."),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .target(
            name: "NotesStore",
            dependencies: [
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Migrations", package: "parley"),
            ],
            // The files travel with the program: it finds them wherever it is started from.
            resources: [.copy("Migrations")]
        ),
        .executableTarget(
            name: "notes",
            dependencies: ["NotesStore", .product(name: "Migrations", package: "parley")]
        ),
        .executableTarget(
            name: "notes-plan",
            dependencies: ["NotesStore", .product(name: "Migrations", package: "parley")]
        ),
        .testTarget(
            name: "NotesStoreTests",
            dependencies: ["NotesStore", .product(name: "Migrations", package: "parley")]
        ),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets { target.swiftSettings = [.treatAllWarnings(as: .error)] }
