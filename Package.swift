// swift-tools-version: 6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
  // Threads that a test conducts, and bugs that it plants: in no release build, unless it is built to prove (`make prove`).
  .define("STOCK_TESTING", .when(configuration: .debug)),
]

let package = Package(
  name: "stockd",
  products: [
    .library(name: "StockEngine", targets: ["StockEngine"]),
    .library(name: "StockWire", targets: ["StockWire"]),
    .library(name: "StockClient", targets: ["StockClient"]),
    .executable(name: "stockd", targets: ["stockd"]),
    .executable(name: "stockcli", targets: ["stockcli"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
    .package(
      url: "https://github.com/apple/swift-configuration.git", from: "1.4.0", traits: ["CommandLineArguments"]),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
  ],
  targets: [
    .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
    .systemLibrary(name: "CSHA1", pkgConfig: "libmd", providers: [.apt(["libmd-dev"])]),
    .target(name: "CXXHash"),
    .target(name: "CLinux"),
    .target(
      name: "StockEngine",
      dependencies: ["CLZ4", "CXXHash", "CLinux"],
      swiftSettings: swiftSettings),
    .executableTarget(name: "stockbench", dependencies: ["StockEngine"], swiftSettings: swiftSettings),
    .target(
      name: "StockWire",
      dependencies: ["StockEngine"],
      swiftSettings: swiftSettings),
    .target(
      name: "StockRESP",
      dependencies: ["CSHA1", "StockEngine"],
      swiftSettings: swiftSettings),
    .target(
      name: "StockClient",
      dependencies: [
        "StockEngine", "StockWire",
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "stockcli",
      dependencies: [
        "StockClient", "StockEngine", "StockHistory", "StockModel", "StockWire",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "StockClientTests",
      dependencies: [
        "StockClient", "StockEngine", "StockServer", "StockWire",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "StockCLITests",
      // The daemon is a process that the drills start and kill.
      dependencies: ["StockClient", "StockEngine", "StockWire", "stockcli", "stockd"],
      swiftSettings: swiftSettings),
    .target(
      name: "StockServer",
      dependencies: [
        "CLinux", "StockEngine", "StockRESP", "StockWire",
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "stockd",
      dependencies: [
        "StockEngine", "StockServer",
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "stockdTests",
      dependencies: [
        "StockEngine", "StockServer", "stockd",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "StockServerTests",
      dependencies: [
        "CAllocationCount", "StockEngine", "StockRESP", "StockServer", "StockWire",
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "StockRESPTests",
      dependencies: ["CAllocationCount", "StockEngine", "StockModel", "StockRESP", "StockTestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "StockWireTests",
      dependencies: ["StockEngine", "StockWire"],
      swiftSettings: swiftSettings),
    // Replaces malloc in whatever links it: for the test target alone.
    .target(name: "CAllocationCount"),
    .target(
      name: "StockModel",
      dependencies: ["StockEngine"],
      swiftSettings: swiftSettings),
    .target(
      name: "StockHistory",
      dependencies: ["StockEngine", "StockModel", "StockWire"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "StockHistoryTests",
      dependencies: ["StockEngine", "StockHistory", "StockModel", "StockTestSupport"],
      swiftSettings: swiftSettings),
    .target(
      name: "StockTestSupport",
      dependencies: ["StockEngine", "StockModel", "StockRESP", "StockWire"],
      swiftSettings: swiftSettings),
    .target(
      name: "StockSimulation",
      dependencies: ["StockEngine", "StockHistory", "StockModel", "StockServer", "StockTestSupport", "StockWire"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "StockSimulationTests",
      dependencies: ["StockEngine", "StockModel", "StockSimulation", "StockTestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "StockEngineTests",
      dependencies: ["CAllocationCount", "StockEngine", "StockModel", "StockTestSupport"],
      resources: [.copy("Stories"), .copy("Fixtures")],
      swiftSettings: swiftSettings),
  ]
)

// Links only with libFuzzer: scripts/fuzz.sh builds it.
if Context.environment["STOCK_FUZZ"] != nil {
  package.targets += [
    .target(name: "CFuzzer"),
    .executableTarget(
      name: "stockfuzz", dependencies: ["CFuzzer", "StockTestSupport"], swiftSettings: swiftSettings),
  ]
}
