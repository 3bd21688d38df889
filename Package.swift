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
  ],
  dependencies: [],
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
