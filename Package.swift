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
    .executableTarget(name: "stockbench", dependencies: ["StockEngine"], swiftSettings: swiftSettings),
    .testTarget(
      name: "StockEngineTests",
      dependencies: ["StockEngine"],
      swiftSettings: swiftSettings),
  ]
)
