// lbctl restore and save beside ipvsadm -R and -S: rules made at random, legal and illegal, each in fresh
// network namespaces. The same table, the same yes or no; each reads what the other wrote.
//
// Where they are meant to differ (anchors: ipvsadm(8) and what it does beside it), the rules are made so on
// purpose, and the test says what each does:
// - a real server of direct or tunnel with another port than the service's: ipvsadm rewrites the port and
// says
//   nothing, lbctl refuses the line;
// - a mask with holes, or of no bit: ipvsadm hands it to the kernel, lbctl refuses it;
// - a comment: ipvsadm -R ends there, lbctl passes over it;
// - ipvsadm -S leaves out thresholds, timeouts and flag-3: what lbctl reads of it is compared without them;
// - ipvsadm -R goes on behind a line that the kernel refuses, and keeps what came before one that it cannot
//   read: what is compared of refused rules is that both refuse, and that lbctl left nothing;
// - ipvsadm prints marks above 2147483647 as negative numbers, which it does not read; lbctl does.
#include <cstdlib>
#include <future>
#include <iostream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lbctl/rules/write.h"
#include "lib/netlink/netlink_kernel.h"
#include "tests/support/failure.h"
#include "tests/support/namespace.h"
#include "tests/support/process.h"
#include "tests/support/thorough.h"

namespace hawser::lab {
namespace {

using testing::HasSubstr;

constexpr auto kWithin = 60s;

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  [[nodiscard]] std::size_t below(std::size_t end) { return static_cast<std::size_t>(engine_() % end); }
  [[nodiscard]] bool one_in(std::size_t many) { return below(many) == 0; }
  [[nodiscard]] std::string of(const std::vector<std::string>& list) { return list.at(below(list.size())); }

 private:
  std::mt19937_64 engine_;
};

// What the two are meant to answer differently in a file.
enum class Differs : std::uint8_t { kNot, kPort, kMask, kComment };

struct RulesFile {
  std::string text;
  Differs differs = Differs::kNot;
};

// Few addresses, so that lines meet.
class RulesMaker {
 public:
  explicit RulesMaker(std::uint64_t seed) : dice_(seed) {}

  RulesFile make() {
    file_ = {};
    services_.clear();
    const auto lines = 1 + dice_.below(9);
    for (std::size_t i = 0; i < lines; ++i) file_.text += (dice_.one_in(25) ? spoilt(line()) : line()) + "\n";
    if (dice_.one_in(20)) make_different();
    return file_;
  }

 private:
  struct MadeService {
    std::string words;  // "-t 192.0.2.100:80"
    std::string port;   // empty: a mark
    bool is_v6 = false;
  };

  std::string line() {
    if (services_.empty() || dice_.one_in(4)) return add_service("-A", new_service());
    const auto& service = services_.at(dice_.below(services_.size()));
    switch (dice_.below(16)) {
      case 0:
        return add_service(option("-E", "--edit-service"), service);
      case 1:
        return fmt::format("{} {}", option("-D", "--delete-service"), service.words);
      case 2:
        return real(option("-e", "--edit-server"), service);
      case 3:
        return fmt::format("{} {} -r {}", option("-d", "--delete-server"), service.words, endpoint(service));
      case 4:
        return dice_.one_in(2) ? "-Z" : fmt::format("-Z {}", service.words);
      case 5:
        return fmt::format("--set {} {} {}", number(), number(), number());
      case 6:
        return dice_.one_in(4) ? option("-C", "--clear") : real("-a", service);
      default:
        return real(option("-a", "--add-server"), service);
    }
  }

  std::string option(const std::string& letter, const std::string& name) {
    return dice_.one_in(3) ? name : letter;
  }
  std::string number() { return dice_.of({"0", "1", "60", "300", "2678400"}); }

  MadeService new_service() {
    MadeService made;
    if (dice_.one_in(4)) {
      made.is_v6 = dice_.one_in(2);
      made.words =
          fmt::format("{} {}{}", option("-f", "--fwmark-service"), dice_.of({"1", "7", "2147483647"}),
                      made.is_v6 ? dice_.of({" -6", " --ipv6"}) : "");
    } else {
      made.is_v6 = dice_.one_in(3);
      made.port = dice_.of({"80", "53", "65535", "0"});
      const auto address =
          made.is_v6 ? std::string("[2001:db8::100]") : dice_.of({"192.0.2.100", "192.0.2.101"});
      made.words =
          fmt::format("{} {}:{}", dice_.of({"-t", "-u", "--tcp-service", "--udp-service", "--sctp-service"}),
                      address, made.port);
    }
    services_.push_back(made);
    return made;
  }

  std::string add_service(const std::string& command, const MadeService& service) {
    auto text = fmt::format("{}{} {}", dice_.one_in(8) ? "ipvsadm " : "", command, service.words);
    const auto scheduler =
        dice_.of({"", "rr", "wrr", "lc", "wlc", "sh", "mh", "sed", "nq", "dh", "fo", "ovf"});
    if (!scheduler.empty()) text += fmt::format(" {} {}", option("-s", "--scheduler"), scheduler);
    if (dice_.one_in(4)) text += " -b " + flags(scheduler);
    const bool persistent = service.port == "0" ? !dice_.one_in(5) : dice_.one_in(3);
    if (persistent) text += " -p" + dice_.of({"", " 1", " 600", " 2678400"});
    if (persistent && dice_.one_in(2)) text += " -M " + mask(service);
    if (dice_.one_in(8)) text += " -o";
    if (persistent && dice_.one_in(8)) text += " --pe sip";
    return text;
  }

  std::string flags(const std::string& scheduler) {
    const bool hash = scheduler == "sh" || scheduler == "mh";
    const std::string of = hash && !dice_.one_in(6) ? scheduler : dice_.of({"sh", "mh"});
    const auto flag = [&] {
      return hash || dice_.one_in(4) ? dice_.of({of + "-fallback", of + "-port", "flag-3"})
                                     : dice_.of({"flag-1", "flag-2", "flag-3"});
    };
    auto text = flag();
    if (dice_.one_in(2)) text += "," + flag();
    return text;
  }

  std::string mask(const MadeService& service) {
    return service.is_v6 ? dice_.of({"1", "64", "128"})
                         : dice_.of({"255.255.255.0", "255.255.255.255", "255.0.0.0", "255.255.255.128"});
  }

  std::string endpoint(const MadeService& service, const std::string& port = "") {
    const bool six = dice_.one_in(12) ? !service.is_v6 : service.is_v6;
    const auto address =
        six ? std::string("[2001:db8:1::21]") : dice_.of({"198.51.100.21", "198.51.100.22", "198.51.100.23"});
    const auto wanted = port.empty() ? (service.port.empty() ? "0" : service.port) : port;
    const bool left_out = port.empty() && !six && dice_.one_in(4);
    return left_out ? address : fmt::format("{}:{}", address, wanted);
  }

  std::string real(const std::string& command, const MadeService& service) {
    const auto forwarding =
        dice_.of({"", "-g", "-m", "-m", "-i", "--masquerading", "--ipip", "--gatewaying"});
    const bool maps = forwarding.find("-m") != std::string::npos && !service.port.empty();
    auto text = fmt::format("{} {} -r {} {}", command, service.words,
                            endpoint(service, maps && dice_.one_in(2) ? "8080" : ""), forwarding);
    if (!dice_.one_in(4))
      text += fmt::format(" {} {}", option("-w", "--weight"), dice_.of({"0", "1", "100", "65535"}));
    if (dice_.one_in(5)) text += " -x " + dice_.of({"0", "10", "2147483647"});
    if (dice_.one_in(5)) text += " -y " + dice_.of({"0", "5", "10", "20"});
    if (forwarding.find("-i") != std::string::npos && dice_.one_in(2)) text += tunnel();
    return text;
  }

  std::string tunnel() {
    auto text = fmt::format(" --tun-type {}", dice_.of({"ipip", "gue", "gue", "gre"}));
    const bool gue = text.ends_with("gue");
    const bool ipip = text.ends_with("ipip");
    if (gue ? !dice_.one_in(8) : dice_.one_in(10)) text += " --tun-port 6080";
    if (ipip ? dice_.one_in(10) : !dice_.one_in(4))
      text += " " + (gue ? dice_.of({"--tun-nocsum", "--tun-csum", "--tun-remcsum"})
                         : dice_.of({"--tun-nocsum", "--tun-csum", "--tun-csum", "--tun-remcsum"}));
    return text;
  }

  // A line that no longer means anything, most of the time.
  std::string spoilt(const std::string& text) {
    switch (dice_.below(10)) {
      case 0:
        return text + " -s rr";
      case 1:
        return text + " rest";
      case 2:
        return text + " -q";
      case 3:
        // Without its last word -m a line may be of direct with another port: make_different() makes those.
        return text.ends_with("-m") || text.ends_with("--masquerading") ? text + " -q"
                                                                        : text.substr(0, text.rfind(' '));
      case 4:
        return text + " -w 1x";
      case 5:
        return text + " -p 0";
      case 6:
        return text + " -n";
      case 7:
        return "-t 192.0.2.1:80";
      case 8:
        return text + " " +
               dice_.of({"-A", "-6", "--tun-csum", "-M 300.0.0.0", "--pe nobody", "-s best", "-x -1"});
      default:
        return dice_.of({"-A", "-a -t 192.0.2.100:80", "-A -t 192.0.2.100", "-A -f 0", "-A -f 4294967296",
                         "-A -t 192.0.2.100:65536", "-A -t [2001:db8::100]", "-A -t 80", "--set 1 2",
                         "-a -t 192.0.2.100:80 -r 224.0.0.1:80 -m",
                         "--start-daemon master --mcast-interface none", "--stop-daemon both",
                         "-D -t 192.0.2.250:80", "-E -f 99 -s rr"});
    }
  }

  void make_different() {
    switch (dice_.below(3)) {
      case 0:
        file_ = {"-A -t 192.0.2.100:80 -s rr\n-a -t 192.0.2.100:80 -r 198.51.100.21:8080 " +
                     dice_.of({"-g", "-i", ""}) + "\n",
                 Differs::kPort};
        break;
      case 1:
        file_ = {"-A -t 192.0.2.100:80 -s rr -p 60 -M " + dice_.of({"255.0.255.0", "0.0.0.0", "24"}) + "\n",
                 Differs::kMask};
        break;
      default:
        file_ = {"# saved by hand\n-A -t 192.0.2.100:80 -s rr\n", Differs::kComment};
    }
  }

  Dice dice_;
  RulesFile file_;
  std::vector<MadeService> services_;
};

// A host of its own, with the two programs.
class Table {
 public:
  explicit Table(const char* name) : host_(name) {}

  [[nodiscard]] bool ipvsadm_takes(const std::string& rules) { return takes({"ipvsadm", "-R"}, rules); }
  [[nodiscard]] bool lbctl_takes(const std::string& rules, const std::vector<std::string>& more = {}) {
    Argv argv = lbctl_words("restore");
    argv.insert(argv.end(), more.begin(), more.end());
    return takes(argv, rules);
  }
  [[nodiscard]] std::string by_ipvsadm() const { return host_.check({"ipvsadm", "-Sn"}); }
  // What `lbctl save` prints, without starting it: a program costs more here than all that it does.
  [[nodiscard]] std::string by_lbctl() const {
    return host_.inside([] {
      auto kernel = NetlinkKernel::open();
      if (!kernel) give_up("{}", kernel.error().text);
      const auto seen = kernel->observe(kAllOfIpvs);
      if (!seen) give_up("{}", seen.error().text);
      return lbctl::write_rules(seen->state);
    });
  }
  [[nodiscard]] std::string saved_by_lbctl() const { return host_.check(lbctl_words("save")); }
  [[nodiscard]] std::string listed_by_ipvsadm() const { return host_.check({"ipvsadm", "-Ln"}); }
  [[nodiscard]] std::string listed_by_lbctl() const {
    auto argv = lbctl_words("show");
    argv.insert(argv.end(), {"--format", "ipvsadm"});
    return host_.check(argv);
  }
  // Of the last question; ipvsadm's status is that of its last line only.
  [[nodiscard]] const std::string& said() const { return said_; }
  [[nodiscard]] int status() const { return status_; }

 private:
  [[nodiscard]] static Argv lbctl_words(const char* verb) {
    return {program("lbctl"), verb, "--runtime-dir", "/nowhere", "--state-dir", "/nowhere"};
  }
  bool takes(const Argv& argv, const std::string& rules) {
    Process process(host_, argv, Process::Options{.environment = {}, .input = rules});
    const auto status = process.wait(kWithin);
    if (!status) give_up("{} does not end", argv.front());
    said_ = process.output();
    status_ = *status;
    const bool silent = argv.front() != "ipvsadm" || said_.empty();
    return status_ == 0 && silent;
  }

  Namespace host_;
  std::string said_;
  int status_ = 0;
};

// What ipvsadm -S has no words for.
std::string without_unsaid(const std::string& text) {
  std::string result;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("--")) continue;
    std::istringstream words(line);
    std::string kept;
    for (std::string word; words >> word;) {
      if (word == "-x" || word == "-y") {
        words >> word;
        continue;
      }
      kept += (kept.empty() ? "" : " ") + word;
    }
    result += kept + "\n";
  }
  return result;
}

// The sample is always the same one: what it says is of the change under test, not of luck. The whole is
// another one each time.
std::uint64_t seed_of_run() {
  if (const char* given = std::getenv("HAWSER_SEED")) return std::strtoull(given, nullptr, 10);
  return thorough() ? std::random_device{}() : 1;
}

// HAWSER_FILES: so many, for a run in pieces.
std::size_t files_of_run() {
  constexpr std::size_t kWhole = 10'000;
  constexpr std::size_t kSample = 200;
  if (const char* given = std::getenv("HAWSER_FILES")) return std::strtoul(given, nullptr, 10);
  return thorough() ? kWhole : kSample;
}

const std::string kEmpty = "--set 900 120 300\n";

void compare_different(const RulesFile& file, Table& theirs, Table& ours) {
  const bool they = theirs.ipvsadm_takes(file.text);
  const bool we = ours.lbctl_takes(file.text);
  switch (file.differs) {
    case Differs::kPort:
      EXPECT_TRUE(they) << theirs.said();
      EXPECT_THAT(theirs.by_ipvsadm(), HasSubstr("-r 198.51.100.21:80 "));
      EXPECT_FALSE(we);
      EXPECT_EQ(ours.status(), 78);
      break;
    case Differs::kMask:
      EXPECT_TRUE(they) << theirs.said();
      EXPECT_FALSE(we);
      EXPECT_EQ(ours.status(), 78);
      break;
    default:
      EXPECT_FALSE(they);
      EXPECT_TRUE(we) << ours.said();
      return;
  }
  EXPECT_EQ(ours.by_lbctl(), kEmpty);
}

// ipvsadm -S loses flag-3 of sh and mh where another flag is set.
void read_each_other(const Table& ours) {
  const auto saved_by_us = ours.saved_by_lbctl();
  EXPECT_EQ(saved_by_us, ours.by_lbctl());
  Table reads_ours("reads-ours");
  EXPECT_TRUE(reads_ours.ipvsadm_takes(saved_by_us)) << reads_ours.said();
  EXPECT_EQ(reads_ours.by_lbctl(), saved_by_us);
  const auto saved_by_them = ours.by_ipvsadm();
  Table reads_theirs("reads-theirs");
  EXPECT_TRUE(reads_theirs.lbctl_takes(saved_by_them)) << reads_theirs.said();
  EXPECT_EQ(reads_theirs.by_ipvsadm(), saved_by_them);
  if (saved_by_us.find("flag-3") == std::string::npos) {
    EXPECT_EQ(without_unsaid(reads_theirs.by_lbctl()), without_unsaid(saved_by_us));
    EXPECT_EQ(ours.listed_by_lbctl(), ours.listed_by_ipvsadm());
  }
}

struct Tables {
  Table theirs{"theirs"}, ours{"ours"};
};

// Namespaces are most of what a file costs here, so the next ones are made while this one's programs run.
class TablesAhead {
 public:
  Tables take() {
    auto made = next_.get();
    next_ = begin();
    return made;
  }

 private:
  static std::future<Tables> begin() {
    return std::async(std::launch::async, [] { return Tables{}; });
  }
  std::future<Tables> next_ = begin();
};

// True: both took it.
bool compare(const RulesFile& file, Tables tables, bool with_saves) {
  auto& [theirs, ours] = tables;
  if (file.differs != Differs::kNot) {
    compare_different(file, theirs, ours);
    return false;
  }
  const bool they = theirs.ipvsadm_takes(file.text);
  const bool we = ours.lbctl_takes(file.text);
  EXPECT_EQ(they, we) << "ipvsadm: " << theirs.said() << "\nlbctl: " << ours.said();
  if (!we) {
    EXPECT_EQ(ours.by_lbctl(), kEmpty);
    return false;
  }
  EXPECT_EQ(ours.by_lbctl(), theirs.by_lbctl());
  EXPECT_EQ(ours.by_ipvsadm(), theirs.by_ipvsadm());
  if (with_saves) read_each_other(ours);
  return true;
}

TEST(LbctlBesideIpvsadm, MakesTheSameTableOfTheSameRules) {
  const auto files = files_of_run();
  const auto seed = seed_of_run();
  std::cout << "HAWSER_SEED=" << seed << std::endl;
  RulesMaker maker(seed);
  std::size_t taken = 0;
  TablesAhead ahead;
  // A few failures tell more than the first one.
  const auto* result = testing::UnitTest::GetInstance()->current_test_info()->result();
  for (std::size_t number = 0; number < files && result->total_part_count() < 10; ++number) {
    const auto file = maker.make();
    SCOPED_TRACE(fmt::format("HAWSER_SEED={}, file {}:\n{}", seed, number, file.text));
    if (compare(file, ahead.take(), number % 8 == 0)) ++taken;
  }
  // Neither all legal nor all illegal, or nothing was compared.
  if (!HasFailure()) {
    EXPECT_GT(taken, files / 10);
    EXPECT_LT(taken, files);
  }
}

TEST(LbctlBesideIpvsadm, ReadsTheMarksThatIpvsadmSavesAndCannotRead) {
  Table table("marks");
  ASSERT_TRUE(table.ipvsadm_takes("-A -f 4294967295 -s rr\n")) << table.said();
  const auto saved = table.by_ipvsadm();
  EXPECT_EQ(saved, "-A -f -1 -s rr\n");
  Table again("marks-again");
  EXPECT_FALSE(again.ipvsadm_takes(saved));
  EXPECT_TRUE(again.lbctl_takes(saved)) << again.said();
  EXPECT_EQ(again.by_lbctl(), "-A -f 4294967295 -s rr\n" + kEmpty);
}

TEST(LbctlBesideIpvsadm, ReadsTheThirdFlagOfAHashThatIpvsadmSavesAndCannotRead) {
  Table table("third-flag");
  const std::string both = "-A -t 192.0.2.100:80 -s sh -b flag-3\n-A -t 192.0.2.100:81 -s mh -b flag-3\n";
  ASSERT_TRUE(table.ipvsadm_takes(both)) << table.said();
  const auto saved = table.by_ipvsadm();
  EXPECT_EQ(saved, "-A -t 192.0.2.100:80 -s sh -b \n-A -t 192.0.2.100:81 -s mh -b \n");
  Table again("third-flag-again");
  EXPECT_FALSE(again.ipvsadm_takes(saved));
  EXPECT_TRUE(again.lbctl_takes(saved)) << again.said();
  EXPECT_EQ(again.by_lbctl(), both + kEmpty);
}

TEST(LbctlBesideIpvsadm, ReplacesATableByTheDifferenceAlone) {
  Table table("replaced");
  ASSERT_TRUE(
      table.ipvsadm_takes("-A -t 192.0.2.100:80 -s rr\n-a -t 192.0.2.100:80 -r 198.51.100.21:80 -m\n"
                          "-a -t 192.0.2.100:80 -r 198.51.100.22:80 -m\n-A -f 7 -s rr\n"))
      << table.said();
  const std::string wanted =
      "-A -t 192.0.2.100:80 -s rr\n-a -t 192.0.2.100:80 -r 198.51.100.21:80 -m -w 5\n-A -f 9 -s rr\n";
  EXPECT_FALSE(table.lbctl_takes(wanted, {"--replace", "--dry-run"}));
  EXPECT_EQ(table.status(), 3);
  EXPECT_EQ(table.said(),
            "fwmark 9: add service: scheduler rr\n"
            "tcp 192.0.2.100:80: edit real server 198.51.100.21:80: weight 1 -> 5\n"
            "fwmark 7: delete service\n"
            "tcp 192.0.2.100:80: delete real server 198.51.100.22:80\n");
  EXPECT_TRUE(table.lbctl_takes(wanted, {"--replace"})) << table.said();
  EXPECT_EQ(table.by_lbctl(), wanted + kEmpty);
  EXPECT_TRUE(table.lbctl_takes(wanted, {"--replace", "--dry-run"})) << table.said();
  EXPECT_EQ(table.said(), "");
  EXPECT_FALSE(table.lbctl_takes("# nothing\n", {"--replace"}));
  EXPECT_EQ(table.status(), 1);
  EXPECT_THAT(table.said(), HasSubstr("would take out every one that is there"));
  EXPECT_EQ(table.by_lbctl(), wanted + kEmpty);
}

TEST(LbctlBesideIpvsadm, LeavesNothingOfRulesThatTheKernelRefuses) {
  Table table("refused");
  const std::string before =
      "-A -t 192.0.2.100:80 -s rr\n-a -t 192.0.2.100:80 -r 198.51.100.21:80 -m -w 1 -x 9\n";
  ASSERT_TRUE(table.ipvsadm_takes(before)) << table.said();
  const std::string rules =
      "-E -t 192.0.2.100:80 -s wlc\n-D -t 192.0.2.100:80\n-A -u 192.0.2.100:53\n--set 60 60 60\n"
      "-a -u 192.0.2.100:53 -r 224.0.0.9:53 -m\n-A -f 7\n";
  EXPECT_FALSE(table.lbctl_takes(rules));
  EXPECT_EQ(table.status(), 1);
  EXPECT_THAT(table.said(), HasSubstr("stdin:5: udp 192.0.2.100:53: add real server 224.0.0.9:53"));
  EXPECT_THAT(table.said(), HasSubstr("224.0.0.9 is a multicast address"));
  EXPECT_EQ(table.by_lbctl(), before + kEmpty);
  EXPECT_FALSE(table.lbctl_takes(rules, {"--keep-going"}));
  EXPECT_EQ(table.by_lbctl(), "-A -u 192.0.2.100:53 -s wlc\n-A -f 7 -s wlc\n--set 60 60 60\n");
}

}  // namespace
}  // namespace hawser::lab
