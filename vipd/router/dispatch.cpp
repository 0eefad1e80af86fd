#include "vipd/router/dispatch.h"

namespace hawser::vipd {

namespace {

bool by_its_transport(const VirtualRouter& router, const PacketHeader& header) {
  const bool multicast = router.vip().manner->transport == config::VrrpTransport::kMulticast;
  return multicast == is_group(header.destination);
}

bool judge(const Packet& packet, VirtualRouter* router, BadPackets& others) {
  const auto refuse = [&](BadPacket reason) {
    router != nullptr ? router->refuse(reason, packet.header.source) : others.count(reason);
    return false;
  };
  const auto received =
      decode(packet.payload, packet.header, router == nullptr ? 3 : router->vip().manner->version);
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

std::optional<Vrid> router_id_in(ByteView message) {
  return message.size() < 2 ? std::nullopt : std::optional(Vrid(message[1]));
}

bool dispatch(const Packet& packet, VirtualRouter* router, BadPackets& others) {
  if (router != nullptr && router->source() == packet.header.source) {
    // IPv4's would have been dropped by the kernel, and ours do not come back by themselves.
    if (packet.header.source.is_v6()) router->twin();
    return false;
  }
  return judge(packet, router, others);
}

}  // namespace hawser::vipd
