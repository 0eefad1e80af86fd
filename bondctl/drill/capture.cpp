#include "bondctl/drill/capture.h"

#include <array>

#include <pcap/pcap.h>

namespace hawser::bondctl::drill {

namespace {

constexpr int kLength = 192;      // what we read of a frame is in its first 90 bytes
constexpr int kBuffer = 8 << 20;  // some seconds of probes, should the machine stand still
constexpr const char* kFilter = "icmp or icmp6 or arp or (vlan and (icmp or icmp6 or arp))";

Status set_filter(pcap_t* handle) {
  bpf_program program{};
  if (::pcap_compile(handle, &program, kFilter, 1, PCAP_NETMASK_UNKNOWN) != 0)
    return fail("filter: {}", ::pcap_geterr(handle));
  const int set = ::pcap_setfilter(handle, &program);
  ::pcap_freecode(&program);
  if (set != 0) return fail("filter: {}", ::pcap_geterr(handle));
  return {};
}

// Not promiscuous: that would reach through to the cards of a bond. Immediate, because what is measured is
// also what is waited for.
Status prepare(pcap_t* handle, Direction direction) {
  ::pcap_set_snaplen(handle, kLength);
  ::pcap_set_immediate_mode(handle, 1);
  ::pcap_set_buffer_size(handle, kBuffer);
  if (::pcap_activate(handle) < 0) return fail("{}", ::pcap_geterr(handle));
  if (::pcap_datalink(handle) != DLT_EN10MB) return fail("not an Ethernet device");
  if (::pcap_setdirection(handle, direction == Direction::kIn ? PCAP_D_IN : PCAP_D_OUT) != 0)
    return fail("{}", ::pcap_geterr(handle));
  std::array<char, PCAP_ERRBUF_SIZE> why{};
  if (::pcap_setnonblock(handle, 1, why.data()) != 0) return fail("{}", why.data());
  return set_filter(handle);
}

// What pcap hands back is not const.
// NOLINTNEXTLINE(readability-non-const-parameter)
void take_one(u_char* take, const pcap_pkthdr* header, const u_char* bytes) {
  const auto when = std::chrono::seconds(header->ts.tv_sec) + Micros(header->ts.tv_usec);
  (*reinterpret_cast<Capture::Take*>(take))(when, {bytes, header->caplen});
}

}  // namespace

void Capture::Close::operator()(pcap* handle) const {
  ::pcap_close(handle);
}

Result<Capture> Capture::open(const std::string& device, Direction direction) {
  std::array<char, PCAP_ERRBUF_SIZE> why{};
  Handle handle(::pcap_create(device.c_str(), why.data()));
  if (!handle) return fail("{}: capture: {}", device, why.data());
  if (const auto good = prepare(handle.get(), direction); !good)
    return fail("{}: capture: {}", device, good.error().text);
  return Capture{std::move(handle)};
}

// A device that is down gives an error and goes on once it is up: there is nothing to do about it here.
void Capture::drain(const Take& take) {
  auto* const self = reinterpret_cast<u_char*>(const_cast<Take*>(&take));
  while (::pcap_dispatch(handle_.get(), -1, take_one, self) > 0) {
  }
}

unsigned Capture::overrun() {
  pcap_stat statistics{};
  return ::pcap_stats(handle_.get(), &statistics) == 0 ? statistics.ps_drop : 0;
}

}  // namespace hawser::bondctl::drill
