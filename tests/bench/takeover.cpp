#include "tests/bench/host_pair.h"
#include "tests/bench/measures.h"
#include "tests/bench/wire.h"
#include "tests/support/capture.h"
#include "tests/support/client.h"

namespace hawser::bench {

using namespace std::chrono_literals;

std::vector<double> takeovers(Product product, const std::filesystem::path& folder, int runs) {
  HostPair pair(product, folder / "takeover");
  std::vector<double> late;
  for (int run = 0; run < runs; ++run) {
    std::this_thread::sleep_for(500ms);
    const lab::Capture capture(pair.wire(), HostPair::wire_interface(), {.filter = "arp or ip proto 112"});
    std::this_thread::sleep_for(3 * kAdvertisement);
    pair.freeze_lb1();
    const auto seen = [&] { return takeover_lateness(capture.packets()); };
    static_cast<void>(lab::eventually(5s, [&] { return seen().has_value(); }));
    if (const auto value = seen()) late.push_back(*value);
    pair.thaw_lb1();
    pair.await_holder("lb1");
  }
  return late;
}

Handover handovers(Product product, const std::filesystem::path& folder, int runs, lab::Duration every) {
  HostPair pair(product, folder / "handover");
  Handover result;
  for (int run = 0; run < runs; ++run) {
    lab::Client client(pair.client(), {.protocol = lab::Client::Protocol::kUdp,
                                       .address = std::string(kFloating),
                                       .port = 80,
                                       .every = every,
                                       .timeout = 500ms});
    std::this_thread::sleep_for(500ms);
    pair.stop_lb1();
    pair.await_holder("lb2");
    std::this_thread::sleep_for(500ms);
    client.stop();
    const auto report = client.report();
    result.lost += report.lost;
    result.sent += report.sent;
    result.gaps.push_back(lab::milliseconds(report.longest_gap));
    pair.start("lb1");
    pair.await_holder("lb1");
  }
  return result;
}

}  // namespace hawser::bench
