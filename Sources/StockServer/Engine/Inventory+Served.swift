public import StockEngine

extension Inventory: ServedEngine {}
extension BatchExecutor: ServedExecutor {}
