// Whatever arrives: no crash, and what is accepted is written back byte for byte but for the reserved bits.
#include <algorithm>
#include <cstdlib>

#include "vipd/announce/claim.h"
#include "vipd/vrrp/wire.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hawser::vipd;
  const hawser::ByteView bytes(data, size);
  (void)arp_claim(bytes);
  (void)neighbor_claim(bytes, hawser::MacAddress{});
  const PacketHeader four{hawser::IpAddress::v4(192, 0, 2, 11), kVrrpGroup, kVrrpTtl};
  const PacketHeader six{*hawser::IpAddress::parse("fe80::11"), kVrrpGroup6, kVrrpTtl};
  for (const int version : {2, 3}) {
    if (const auto packet = split_ipv4(bytes)) (void)decode(packet->payload, packet->header, version);
    for (const auto& header : {four, six}) {
      auto received = decode(bytes, header, version);
      if (!received) continue;
      // What is signed has no more than the message, and nobody here signed it.
      const hawser::config::HmacKey key{1, {}, hawser::Bytes(32, 7)};
      if (const auto& trailer = received->form.trailer) {
        const auto covered = signed_part(bytes, *received);
        if (covered.size() + kHmacTrailer != size || is_signed_by(covered, header.source, *trailer, key))
          std::abort();
        HeardSequences heard;
        const WallClock now{std::chrono::seconds(trailer->sequence >> 32U)};
        if (hear(heard, header.source, *trailer, now, std::chrono::seconds(5)) != Freshness::kFresh)
          std::abort();
        if (hear(heard, header.source, *trailer, now, std::nullopt) != Freshness::kReplayed) std::abort();
      }
      auto& addresses = received->advertisement.addresses;  // what is sent is no more than fits
      addresses.resize(std::min(
          addresses.size(),
          hawser::config::most_advertised(header.source.family(), received->form.trailer.has_value())));
      const auto message = encode(received->advertisement, received->form, header.source, header.destination);
      if (const auto again = decode(message, header, version); !again || *again != *received) std::abort();
    }
  }
  return 0;
}
