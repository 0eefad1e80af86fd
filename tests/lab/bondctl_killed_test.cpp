// What is left of a change of bondctl that ends in the middle: killed, or refused by the kernel, at each of
// the messages that it sends; killed with its terminal closed at any time.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <thread>

#include "tests/lab/bondctl_by_hand.h"
#include "tests/support/failure.h"
#include "tests/support/thorough.h"

namespace hawser::lab {
namespace {

using testing::HasSubstr;

class BondctlKilled : public BondctlConfirm {
 protected:
  // strace meddles with the message of that number; the process that takes the change back it leaves alone.
  [[nodiscard]] Output meddled_with(int message, const std::string& how, const Argv& command) const {
    Argv argv{"strace", "-qq", "-o", "/dev/null", "-e", "trace=sendmsg", "-e"};
    argv.push_back(fmt::format("inject=sendmsg:{}:when={}", how, message));
    argv.insert(argv.end(), command.begin(), command.end());
    return host.run(argv);
  }
  static Argv set() {
    Argv argv{program("bondctl")};
    for (const auto& word : change()) argv.push_back(word);
    argv.insert(argv.end(), {"--runtime-dir", "/tmp/hawser-no-netd"});
    return argv;
  }
  // By somebody who does not want to confirm it.
  static Argv set_at_once() {
    auto argv = set();
    argv.erase(std::ranges::find(argv, "--confirm"), std::ranges::find(argv, "--confirm") + 2);
    return argv;
  }
  [[nodiscard]] bool nothing_waits() const {
    return eventually(20s, [&] {
      return bondctl({"confirm", "--dry-run"}).text.find("no change waits") != std::string::npos;
    });
  }
  // How many messages it takes where nobody meddles; taken back when this returns.
  [[nodiscard]] int messages(const Argv& command) const {
    const auto traced = std::filesystem::path("/tmp/hawser-bondctl-messages");
    Argv argv{"strace", "-qq", "-o", traced, "-e", "trace=sendmsg"};
    argv.insert(argv.end(), command.begin(), command.end());
    host.check(argv);
    EXPECT_TRUE(nothing_waits());
    std::ifstream lines(traced);
    int count = 0;
    for (std::string line; std::getline(lines, line);) count += line.starts_with("sendmsg(") ? 1 : 0;
    std::filesystem::remove(traced);
    return count;
  }
  // Each of them, or a few spread over all.
  static void for_each_of(int messages, const std::function<void(int message)>& act) {
    const int stride = thorough() ? 1 : std::max(1, messages / 2);
    for (int message = 1; message <= messages; message += stride) act(message);
  }
};

TEST_F(BondctlKilled, AtWhicheverMessageAllIsAsItWas) {
  const auto before = table();
  const int all = messages(set());
  EXPECT_GT(all, 20);
  for_each_of(all, [&](int message) {
    EXPECT_EQ(meddled_with(message, "signal=SIGKILL", set()).status, 137) << message;
    EXPECT_TRUE(nothing_waits());
    EXPECT_EQ(table(), before) << message;
  });
}

TEST_F(BondctlKilled, WithoutConfirmationTooAllIsAsItWas) {
  const auto before = table();
  const int all = messages(set());
  for_each_of(all, [&](int message) {
    EXPECT_EQ(meddled_with(message, "signal=SIGKILL", set_at_once()).status, 137) << message;
    EXPECT_TRUE(nothing_waits());
    EXPECT_EQ(table(), before) << message;
  });
  const auto done = host.run(set_at_once());
  EXPECT_EQ(done.status, 0) << done.text;
  EXPECT_TRUE(nothing_waits());
  EXPECT_TRUE(has_mode("balance-xor"));
}

// Some are only for a better view, and the change is made without their answer.
TEST_F(BondctlKilled, WhateverMessageTheKernelRefusesAllIsAsItWas) {
  const auto before = table();
  const int all = messages(set());
  int asked = 0;
  int refused = 0;
  for_each_of(all, [&](int message) {
    const auto end = meddled_with(message, "error=EIO", set());
    ++asked;
    if (end.status != 0) {
      ++refused;
      EXPECT_EQ(end.status, 1) << message << end.text;
      EXPECT_THAT(end.text, HasSubstr("Input/output error")) << message;
      EXPECT_THAT(bondctl({"confirm", "--dry-run"}).text, HasSubstr("no change waits")) << end.text;
    }
    EXPECT_TRUE(nothing_waits());
    EXPECT_EQ(table(), before) << message << end.text;
  });
  EXPECT_GE(refused, asked / 2);
}

// netd's apply makes more: it begins without the address and the device of the file.
TEST_F(BondctlKilled, WhateverMessageOfNetdsApplyTheKernelRefusesAllIsAsItWas) {
  const auto directory = std::filesystem::path("/tmp/hawser-apply-refused");
  std::filesystem::create_directories(directory);
  std::ofstream(directory / "hawser.toml")
      << "format = 1\n[bond.bond7]\nmode = \"balance-xor\"\nports = [\"eth0\", \"eth1\"]\n"
         "addresses = [\"203.0.113.9/24\"]\n[link.dummy9]\nkind = \"dummy\"\naddresses = "
         "[\"203.0.113.77/32\"]\n";
  const Argv apply{
      program("netd"), "apply",   "--allow-interruption", "--confirm", "5s", "-c", directory / "hawser.toml",
      "--runtime-dir", directory, "--state-dir",          directory};
  const auto before = table();
  int refused = 0;
  for_each_of(messages(apply), [&](int message) {
    const auto end = meddled_with(message, "error=EIO", apply);
    refused += end.status == 1 ? 1 : 0;
    EXPECT_TRUE(nothing_waits());
    EXPECT_EQ(table(), before) << message << end.text;
  });
  EXPECT_GE(refused, 1);
  std::filesystem::remove_all(directory);
}

// script(1) holds the terminal: with its end the terminal hangs up.
TEST_F(BondctlKilled, WithItsTerminalClosedAtAnyTimeItIsTakenBack) {
  const auto before = table();
  std::mt19937 dice(20261126);  // the same times in each run
  std::uniform_int_distribution<int> moment(0, 800);
  const int kills = thorough() ? 20 : 2;
  for (int i = 0; i < kills; ++i) {
    const std::chrono::milliseconds after(moment(dice));
    {
      Process terminal(host, {"script", "-qefc", fmt::format("{}", fmt::join(set(), " ")), "/dev/null"});
      std::this_thread::sleep_for(after);
      terminal.kill();
    }
    EXPECT_TRUE(nothing_waits()) << after.count();
    EXPECT_EQ(table(), before) << after.count();
  }
}

}  // namespace
}  // namespace hawser::lab
