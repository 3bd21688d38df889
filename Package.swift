// swift-tools-version: 6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "stockd",
  products: [
    .library(name: "StockEngine", targets: ["StockEngine"]),
    .library(name: "StockWire", targets: ["StockWire"]),
    .library(name: "StockClient", targets: ["StockClient"]),
    .executable(name: "stockcli", targets: ["stockcli"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
  ],
  targets: [
    .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
    .target(name: "CXXHash"),
    .target(name: "CLinux"),
    .target(
      name: "StockEngine",
      dependencies: ["CLZ4", "CXXHash", "CLinux"],
      swiftSettings: swiftSettings),
    .target(
      name: "StockWire",
      dependencies: ["StockEngine"],
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
        "StockClient", "StockEngine", "StockWire",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "StockClientTests",
      dependencies: [
        "StockClient", "StockEngine", "StockWire",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "StockCLITests",
      dependencies: ["StockClient", "StockEngine", "StockWire", "stockcli"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "StockWireTests",
      dependencies: ["StockEngine", "StockWire"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "StockEngineTests",
      dependencies: ["StockEngine"],
      swiftSettings: swiftSettings),
  ]
)
