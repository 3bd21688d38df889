import NIOCore

/// Takes no connection from the kernel while those that are open, served or not, hold all the descriptors that connections may have. The
/// others wait in the listener's backlog.
///
/// The census alone could not promise it: it meets a connection on its own loop, and while that one is busy another may accept.
final class AcceptGate: ChannelDuplexHandler {
  typealias InboundIn = any Channel
  typealias InboundOut = any Channel
  typealias OutboundIn = Never

  private let census: ConnectionCensus
  private var isWaiting = false

  /// How often it is looked whether a connection has gone.
  private static let retry = TimeAmount.milliseconds(10)

  init(census: ConnectionCensus) { self.census = census }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let census = census
    census.opened()
    unwrapInboundIn(data).closeFuture.whenComplete { _ in census.closed() }
    context.fireChannelRead(data)
  }

  func read(context: ChannelHandlerContext) {
    if isWaiting { return }
    if census.mayOpen { return context.read() }
    isWaiting = true
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: Self.retry) {
      let (gate, context) = bound.value
      gate.isWaiting = false
      if context.channel.isActive { gate.read(context: context) }
    }
  }
}
