#include "bondctl/change/announce.h"

#include <chrono>
#include <thread>

#include "lib/announce/frame.h"
#include "lib/announce/frame_socket.h"
#include "lib/base/atomic_file.h"
#include "lib/base/duration.h"
#include "lib/netlink/netlink_kernel.h"

namespace hawser::bondctl {

namespace {

constexpr int kTimes = 3;  // a frame may be lost
constexpr Milliseconds kBetween{100};

NeighborRole role_on(const std::string& device) {
  const auto forwards = read_file(fmt::format("/proc/sys/net/ipv6/conf/{}/forwarding", device));
  return forwards && forwards->starts_with("1") ? NeighborRole::kRouter : NeighborRole::kHost;
}

void announce_all_of(const FrameSocket& socket, const Observed& now, const std::string& device) {
  const auto& link = now.state.links.at(device);
  for (const auto& [prefix, address] : link.addresses)
    for (const auto& frame :
         announcement_of(prefix.address, link.mac.value_or(MacAddress{}), role_on(device)))
      (void)socket.send(now.links.at(device).index, frame);
}

}  // namespace

Status announce(const std::vector<std::string>& devices) {
  auto kernel = NetlinkKernel::open();
  if (!kernel) return tl::unexpected(kernel.error());
  const auto now = kernel->observe(kLinksOnly);
  if (!now) return tl::unexpected(now.error());
  const auto socket = FrameSocket::open();
  if (!socket) return tl::unexpected(socket.error());
  for (int round = 0; round < kTimes; ++round) {
    if (round > 0) std::this_thread::sleep_for(kBetween);
    for (const auto& device : devices)
      if (now->state.links.contains(device)) announce_all_of(*socket, *now, device);
  }
  return {};
}

}  // namespace hawser::bondctl
