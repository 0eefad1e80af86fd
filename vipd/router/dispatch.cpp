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
  return multicast == is_group(header.destination);
}

// True: the router has been given it.
bool judge(const Packet& packet, VirtualRouter* router, BadPackets& others) {
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
  if (!router->believes(packet, *received)) return false;
  router->receive(*received, packet.header.source);
  return true;
}

}  // namespace

VirtualRouter* dispatch(const Packet& packet, const std::vector<VirtualRouter*>& here, BadPackets& others) {
  auto* router = router_of(packet.payload, here);
  if (router != nullptr && router->source() == packet.header.source) {
    // IPv4's would have been dropped by the kernel, and ours do not come back by themselves.
    if (packet.header.source.is_v6()) router->twin();
    return nullptr;
  }
  return judge(packet, router, others) ? router : nullptr;
}

}  // namespace hawser::vipd
