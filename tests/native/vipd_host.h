// Hosts that run vipd on one segment, for the tests in tests/native and tests/lab.
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>

#include <boost/json.hpp>

#include "tests/support/answers.h"
#include "tests/support/failure.h"
#include "tests/support/fixture.h"

namespace hawser::lab {

// Everything that a test may want to write differently.
struct VipFile {
  std::string addresses = R"(["192.0.2.100"])";
  std::string priority = "{ lb1 = 200, lb2 = 100 }";
  std::string interval = "100ms";
  std::string more{};  // further lines of [vip.web]

  [[nodiscard]] std::string text() const {
    return fmt::format(
        "format = 1\n[nodes]\nlb1 = \"192.0.2.11\"\nlb2 = \"192.0.2.12\"\n[vipd]\nrealtime = "
        "0\n[vip.web]\ninterface = \"front\"\n"
        "addresses = {}\nvirtual_router_id = 51\npriority = {}\nadvertisement_interval = \"{}\"\n{}\n",
        addresses, priority, interval, more);
  }
};

class VipHost {
 public:
  VipHost(const std::string& node, std::string address, Switch& segment)
      : node_(node), address_(std::move(address)), host_(node), directory_(temporary_directory(node)) {
    connect(segment);
    write(VipFile{});
  }
  VipHost(const VipHost&) = delete;
  VipHost& operator=(const VipHost&) = delete;
  ~VipHost() {
    daemon_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  void connect(Switch& segment) {
    cable_.reset();
    cable_.emplace(segment.connect(host_, "front"));
    host_.ip({"link set front up", fmt::format("address add {}/24 dev front", address_)});
  }
  void disconnect() { cable_.reset(); }  // the interface vanishes

  void write(const VipFile& file) { write_text(file.text()); }
  void write_text(const std::string& text) { std::ofstream(directory_ / "hawser.toml") << text; }

  // `through`: a program that runs it, such as a shell which mounts something for it alone.
  void start(Argv through = {}) {
    for (auto& word : command({"run"})) through.push_back(std::move(word));
    daemon_ = std::make_unique<Process>(host_, through);
  }
  Process& daemon() { return *daemon_; }
  [[nodiscard]] bool has_daemon() const { return daemon_ != nullptr; }
  // Of "front", as ip writes it.
  [[nodiscard]] std::string mac() const {
    return host_.check({"cat", "/sys/class/net/front/address"}).substr(0, 17);
  }

  // vipd with a verb, or vipctl with one.
  [[nodiscard]] Output vipd(const std::string& verb) const { return host_.run(command({verb})); }
  [[nodiscard]] Output vipd(const Argv& words) const { return host_.run(command(words)); }
  [[nodiscard]] Output vipctl(const Argv& words) const { return host_.run(vipctl_command(words)); }
  // One that goes on, as with --follow.
  [[nodiscard]] Process start_vipctl(const Argv& words) const { return {host_, vipctl_command(words)}; }

  // What GET /v1/status says of the vip "web"; null when the daemon does not answer.
  [[nodiscard]] boost::json::value status() const {
    const auto output = vipctl({"status", "--json"});
    const bool answered = output.status == 0 || output.status == 3;  // 3: degraded
    return answered ? boost::json::parse(output.text) : boost::json::value();
  }
  [[nodiscard]] boost::json::value web() const {
    const auto all = status();
    if (!all.is_object() || all.at("vips").as_array().empty()) return {};
    return all.at("vips").as_array().at(0);
  }
  [[nodiscard]] std::string role() const {
    const auto vip = web();
    return vip.is_object() ? std::string(vip.at("role").as_string()) : "none";
  }
  [[nodiscard]] bool becomes(const std::string& role, Duration within = 20s) const {
    return eventually(
        within, [&] { return this->role() == role; }, 20ms);
  }
  [[nodiscard]] bool hears_somebody(Duration within = 20s) const {
    const auto heard = [this] {
      const auto vip = web();
      return vip.is_object() && !vip.at("heard").is_null();
    };
    return eventually(within, heard, 20ms);
  }
  [[nodiscard]] bool holds(const std::string& address) const {
    return host_.check({"ip", "-o", "address", "show"}).find(" " + address + "/") != std::string::npos;
  }
  [[nodiscard]] std::string daemon_output() const { return daemon_->output(); }
  [[nodiscard]] bool logged(const std::string& text) const {
    return daemon_output().find(text) != std::string::npos;
  }

  [[nodiscard]] const Namespace& host() const { return host_; }
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
  [[nodiscard]] Argv command(const Argv& words) const {
    Argv argv{program("vipd")};
    argv.insert(argv.end(), words.begin(), words.end());
    argv.insert(argv.end(), {"--config", directory_ / "hawser.toml", "--node", node_, "--runtime-dir",
                             directory_, "--state-dir", directory_});
    return argv;
  }

 private:
  [[nodiscard]] Argv vipctl_command(const Argv& words) const {
    Argv argv{program("vipctl")};
    argv.insert(argv.end(), words.begin(), words.end());
    argv.insert(argv.end(), {"--runtime-dir", directory_});
    return argv;
  }

  static std::filesystem::path temporary_directory(const std::string& node) {
    std::string name = (std::filesystem::temp_directory_path() / ("vipd-" + node + "-XXXXXX")).native();
    if (mkdtemp(name.data()) == nullptr) give_up_errno("cannot make a directory");
    return name;
  }

  std::string node_;
  std::string address_;
  Namespace host_;
  std::filesystem::path directory_;
  std::optional<Cable> cable_;
  std::unique_ptr<Process> daemon_;
};

// Of a client that asks for the floating address, 500 times a second.
inline const Client::Options kRequests{
    .protocol = Client::Protocol::kUdp, .address = "192.0.2.100", .port = 7777, .every = 2ms, .timeout = 5s};

// A third host on the segment, with an address but without vipd.
struct Neighbour {
  Namespace host;
  Cable cable;

  Neighbour(const std::string& name, const std::string& address, Switch& segment)
      : host(name), cable(segment.connect(host, "eth0")) {
    host.ip({"link set eth0 up", fmt::format("address add {}/24 dev eth0", address)});
  }
  [[nodiscard]] bool pings(const std::string& to) const {
    return host.run({"ping", "-n", "-c", "1", "-W", "1", to}).status == 0;
  }
};

// Two hosts and a segment to which others can be connected.
class VipTest : public LabTest {
 protected:
  Switch segment{"segment"};
  VipHost lb1{"lb1", "192.0.2.11", segment};
  VipHost lb2{"lb2", "192.0.2.12", segment};

  void both(const VipFile& file) {
    lb1.write(file);
    lb2.write(file);
  }
  // lb1 Active, lb2 Backup.
  void settle() {
    lb1.start();  // first: without preemption whoever is Active stays so
    EXPECT_TRUE(lb1.becomes("Active"));
    lb2.start();
    ASSERT_TRUE(lb1.becomes("Active")) << lb1.daemon().output();
    ASSERT_TRUE(lb2.becomes("Backup")) << lb2.daemon().output();
    ASSERT_TRUE(lb2.hears_somebody()) << lb2.daemon().output();  // Backup it is from its first moment
    ASSERT_TRUE(lb1.holds("192.0.2.100"));
  }
  // Nobody hears a host any more and it hears nobody, but it keeps its carrier; and the end of that.
  void cut_off(const std::string& node) const {
    segment.where().ip({fmt::format("link set {}-front nomaster", node)});
  }
  void join(const std::string& node) const {
    segment.where().ip({fmt::format("link set {}-front master bridge", node)});
  }
  // lb1 is Backup of another program on lb2, whose cable is pulled and plugged in again, and which then is
  // cut off, so that both are Active when they meet again.
  void take_over_from_a_silent_one_and_yield(const std::string& address = "192.0.2.100") {
    const Answers answers(segment, address);
    lb1.start();
    ASSERT_TRUE(lb1.becomes("Backup"));
    ASSERT_TRUE(lb1.hears_somebody());
    ASSERT_TRUE(answers.come_from("lb2"));
    segment.where().set_link("lb2-front", false);
    EXPECT_TRUE(lb1.becomes("Active"));
    EXPECT_TRUE(lb1.logged("web: Active: no advertisement from "));
    EXPECT_TRUE(answers.come_from("lb1"));
    segment.where().set_link("lb2-front", true);
    yield_to_the_other(answers, address);
    cut_off("lb2");
    EXPECT_TRUE(lb1.becomes("Active"));
    EXPECT_TRUE(answers.come_from("lb1"));
    join("lb2");
    yield_to_the_other(answers, address);
    expect_one_at_a_time(answers);
  }
  void yield_to_the_other(const Answers& answers, const std::string& address) {
    EXPECT_TRUE(lb1.becomes("Backup"));
    EXPECT_TRUE(lb1.logged(" has priority 200, ours is 90"));
    EXPECT_TRUE(eventually(5s, [&] { return !lb1.holds(address); }));
    EXPECT_TRUE(answers.come_from("lb2"));
  }
  // lb1 is Active and the better one; another program on lb2 is Active meanwhile.
  void be_cut_off_and_return(const Answers& answers) {
    ASSERT_TRUE(answers.come_from("lb1"));
    cut_off("lb1");
    EXPECT_TRUE(answers.come_from("lb2"));
    join("lb1");
    EXPECT_TRUE(answers.come_from("lb1"));
    EXPECT_EQ(lb1.role(), "Active");
  }
  // Both have answered for the address, and at once for no longer than an advertisement takes to come and, on
  // a busy machine, to be obeyed.
  static void expect_one_at_a_time(const Answers& answers, Duration longest = 1s) {
    const auto both = longest_overlap(answers.all());
    RecordProperty("both_answered_ms", std::to_string(milliseconds(both)));
    EXPECT_GT(answers.of("lb1"), 0U);
    EXPECT_GT(answers.of("lb2"), 0U);
    EXPECT_LE(milliseconds(both), milliseconds(longest + 200ms));
  }
  // A planned leave: lb1 goes on answering until the other is heard, and then for 100 ms.
  static void expect_a_short_overlap(const Answers& answers) {
    EXPECT_TRUE(answers.come_from("lb2"));
    EXPECT_LT(milliseconds(longest_overlap(answers.all())), 600);
  }
  void TearDown() override {
    if (!HasFailure()) return;
    if (lb1.has_daemon()) std::cerr << "--- lb1\n" << lb1.daemon().output();
    if (lb2.has_daemon()) std::cerr << "--- lb2\n" << lb2.daemon().output();
  }
};

}  // namespace hawser::lab
