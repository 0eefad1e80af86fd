#include "vipd/router/dispatch.h"

#include <algorithm>

namespace hawser::vipd {

namespace {

VirtualRouter* router_of(ByteView message, const std::vector<VirtualRouter*>& here) {
  if (message.size() < 2) return nullptr;
  const auto found = std::ranges::find_if(
      here, [&](const auto* router) { return router->vip().virtual_router_id == Vrid(message[1]); });
  return found == here.end() ? nullptr : *found;
}

bool by_its_transport(const VirtualRouter& router, const PacketHeader& header) {
  const bool multicast = router.vip().transport == config::VrrpTransport::kMulticast;
  return multicast == (header.destination == kVrrpGroup);
}

// True: the router has been given it.
bool judge(const Ipv4Packet& packet, VirtualRouter* router, BadPackets& others) {
  const auto refuse = [&](BadPacket reason) {
    router != nullptr ? router->refuse(reason, packet.header.source) : others.count(reason);
    return false;
  };
  const auto received = decode(packet.payload, packet.header, router == nullptr ? 3 : router->vip().version);
  if (!received) return refuse(received.error());
  if (router == nullptr) return refuse(BadPacket::kRouterId);
  if (!by_its_transport(*router, packet.header)) return refuse(BadPacket::kDestination);
  if (!router->listens_to(packet.header)) return refuse(BadPacket::kPeer);
  if (const auto objection = router->objection(*received)) return refuse(*objection);
  router->receive(*received, packet.header.source);
  return true;
}

}  // namespace

VirtualRouter* dispatch(ByteView packet, const std::vector<VirtualRouter*>& here, BadPackets& others) {
  const auto split = split_ipv4(packet);
  if (!split) {
    others.count(split.error());
    return nullptr;
  }
  auto* router = router_of(split->payload, here);
  if (router != nullptr && router->source() == split->header.source) return nullptr;
  return judge(*split, router, others) ? router : nullptr;
}

}  // namespace hawser::vipd
