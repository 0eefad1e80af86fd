// What vipd watches beside its election, and what watches it.
#include <csignal>

#include "tests/native/vipd_host.h"

namespace hawser::lab {
namespace {

class VipdWatch : public VipTest {
 protected:
  static bool says(const VipHost& host, const std::string& text) {
    return eventually(15s, [&] { return host.logged(text); });
  }
};

TEST_F(VipdWatch, AnotherHostThatHasTheAddressIsNamed) {
  const Neighbour other("other", "192.0.2.66", segment);
  other.host.ip({"address add 192.0.2.100/32 dev eth0"});
  lb1.start();
  EXPECT_TRUE(says(lb1, " answers for 192.0.2.100 on front too")) << lb1.daemon_output();
  const auto status = lb1.vipctl({"status"});
  EXPECT_EQ(status.status, 3);
  EXPECT_NE(status.text.find("answers for 192.0.2.100 too"), std::string::npos) << status.text;
}

TEST_F(VipdWatch, AnotherHostThatHasTheIpv6AddressIsNamed) {
  const Neighbour other("other", "192.0.2.66", segment);
  other.host.ip({"address add 2001:db8::100/128 dev eth0 nodad"});
  lb1.write({.addresses = R"(["192.0.2.100", "2001:db8::100"])"});
  lb1.start();
  EXPECT_TRUE(says(lb1, " answers for 2001:db8::100 on front too")) << lb1.daemon_output();
  EXPECT_FALSE(lb1.logged("answers for 192.0.2.100"));
}

// Its link has no address of its own to ask from, so the interface below asks.
TEST_F(VipdWatch, AnotherHostThatHasTheIpv6AddressOfAVirtualMacIsNamed) {
  const Neighbour other("other", "192.0.2.66", segment);
  other.host.ip({"address add 2001:db8::100/128 dev eth0 nodad"});
  lb1.write({.addresses = R"(["192.0.2.100", "2001:db8::100"])", .more = "virtual_mac = true\n"});
  lb1.start();
  EXPECT_TRUE(says(lb1, " answers for 2001:db8::100 on front too")) << lb1.daemon_output();
  EXPECT_FALSE(lb1.logged("answers for 192.0.2.100"));
}

// The one that had it is there, and answers for nothing any more when it is asked.
TEST_F(VipdWatch, ATakeoverOfAnOrdinaryDayIsNoConflict) {
  for (auto* host : {&lb1, &lb2}) host->write({.addresses = R"(["192.0.2.100", "2001:db8::100"])"});
  lb2.start();
  ASSERT_TRUE(lb2.becomes("Active"));
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  std::this_thread::sleep_for(3s);
  EXPECT_FALSE(lb1.logged("answers for")) << lb1.daemon_output();
  EXPECT_EQ(lb1.vipctl({"status"}).status, 0);
}

// Of the local table, with our number, on a device that is for addresses: an earlier run's, or a slip of a
// hand.
TEST_F(VipdWatch, ALocalRouteOfOurNumberGoesOnceAndForAll) {
  lb1.start();
  ASSERT_TRUE(lb1.becomes("Active"));
  const auto routes = [&] {
    return lb1.host().check({"ip", "route", "show", "table", "local", "proto", "202"});
  };
  const std::string add = "route add local 203.0.113.9 dev front proto 202";
  lb1.host().ip({add});
  EXPECT_TRUE(eventually(5s, [&] { return routes().empty(); })) << lb1.daemon_output();
  EXPECT_TRUE(lb1.logged("203.0.113.9/32: ours and in no vip of this interface: removed"));
  lb1.daemon().kill();
  lb1.host().ip({add});
  EXPECT_EQ(lb1.vipd(Argv{"cleanup", "--dry-run"}).text,
            "front: remove address 192.0.2.100/32\nfront: remove address 203.0.113.9/32\n");
  EXPECT_EQ(lb1.vipd("cleanup").status, 0);
  EXPECT_EQ(routes(), "");
}

// A program here that waits for its client would wait for many minutes.
TEST_F(VipdWatch, ConnectionsOfAnAddressThatHasGoneEndAndOthersDoNot) {
  both({.more = "reset_connections = true\n"});
  settle();
  const Neighbour client("client", "192.0.2.66", segment);
  const auto python = [](const std::string& program) {
    return Argv{"python3", "-c", "import socket, time\n" + program + "\ntime.sleep(60)"};
  };
  const Process server(lb1.host(),
                       python("s = socket.create_server(('', 8080)); c = [s.accept(), s.accept()]"));
  ASSERT_TRUE(eventually(5s, [&] {
    return lb1.host().check({"ss", "-Hltn"}).find(":8080") != std::string::npos;
  }));
  const auto connected = [&](const std::string& address) {
    return lb1.host().check({"ss", "-Htn", "state", "established", "src", address}).find(":8080") !=
           std::string::npos;
  };
  const Process to_vip(client.host, python("c = socket.create_connection(('192.0.2.100', 8080))"));
  const Process to_host(client.host, python("c = socket.create_connection(('192.0.2.11', 8080))"));
  ASSERT_TRUE(eventually(5s, [&] { return connected("192.0.2.100") && connected("192.0.2.11"); }));
  EXPECT_EQ(lb1.vipctl({"handover", "web"}).status, 0);
  EXPECT_TRUE(eventually(5s, [&] { return !connected("192.0.2.100"); })) << lb1.daemon_output();
  EXPECT_TRUE(connected("192.0.2.11"));
  EXPECT_TRUE(says(lb1, "192.0.2.100: 1 TCP connections ended: the address is another host's now"));
}

class VipdWatchdog : public VipdWatch {
 protected:
  // A device is a file to whoever writes to it.
  std::filesystem::path device = lb1.directory() / "watchdog";

  void write(const std::string& more) {
    lb1.write_text(fmt::format(
        "format = 1\n[nodes]\nlb1 = \"192.0.2.11\"\nlb2 = \"192.0.2.12\"\n[vipd]\nrealtime = 0\n{}[vip.web]\n"
        "interface = \"front\"\naddresses = [\"192.0.2.100\"]\nvirtual_router_id = 51\n"
        "priority = {{ lb1 = 200, lb2 = 100 }}\nadvertisement_interval = \"100ms\"\n",
        more));
  }
  [[nodiscard]] std::string with_device() const {
    return fmt::format("watchdog = \"{}\"\n", device.native());
  }
  [[nodiscard]] std::string eaten() const {
    std::ifstream file(device, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(VipdWatchdog, IsFedWhileTheLoopTurnsAndToldWhenItStopsOnPurpose) {
  std::ofstream(device).flush();
  write(with_device());
  lb1.start();
  ASSERT_TRUE(eventually(10s, [&] { return eaten().size() >= 2; }));
  lb1.daemon().signal(SIGSTOP);
  std::this_thread::sleep_for(200ms);
  const auto before = eaten().size();
  std::this_thread::sleep_for(2500ms);
  EXPECT_EQ(eaten().size(), before);
  lb1.daemon().signal(SIGCONT);
  ASSERT_TRUE(eventually(5s, [&] { return eaten().size() > before; }));
  EXPECT_EQ(eaten().find('V'), std::string::npos);
  EXPECT_EQ(lb1.daemon().stop(20s), 0);
  EXPECT_EQ(eaten().back(), 'V');
}

TEST_F(VipdWatchdog, IsLetGoOfWithTheFile) {
  std::ofstream(device).flush();
  write(with_device());
  lb1.start();
  ASSERT_TRUE(eventually(10s, [&] { return !eaten().empty(); }));
  write("");
  EXPECT_EQ(lb1.vipd("reload").status, 0);
  EXPECT_TRUE(eventually(5s, [&] { return eaten().back() == 'V'; }));
}

TEST_F(VipdWatchdog, OneThatIsMissingIsSaidAndNoReasonToStop) {
  write(with_device());
  lb1.start();
  EXPECT_TRUE(lb1.becomes("Active"));
  EXPECT_TRUE(lb1.logged("watchdog: feed the watchdog: No such file or directory")) << lb1.daemon_output();
}

}  // namespace
}  // namespace hawser::lab
