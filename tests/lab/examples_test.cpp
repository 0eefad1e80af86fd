// Every file in examples/, as every node that it names, applied by netd to a host of the real kernel: the
// tools of the peers must then see what tests/lab/examples/FILE@NODE.txt says, and netd must have nothing
// left to do. What was seen otherwise is written to the folder for results ($HAWSER_LAB_OUT/examples), to
// compare or to take over.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "lib/config/load.h"
#include "tests/support/failure.h"
#include "tests/support/fixture.h"

namespace hawser::lab {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

struct Case {
  fs::path file;
  std::string node;  // empty: the file has no [nodes]

  [[nodiscard]] std::string name() const {
    return file.stem().string() + (node.empty() ? "" : "@") + node + ".txt";
  }
};

void PrintTo(const Case& tested, std::ostream* out) {
  *out << tested.name();
}

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const auto& entry : fs::directory_iterator(fs::path(HAWSER_SOURCE_DIR) / "examples")) {
    if (entry.path().extension() != ".toml") continue;
    const auto sources = config::read_sources(entry.path());
    if (!sources) give_up("{}: {}", entry.path().string(), sources.error().text);
    for (const auto& node : config::node_names(*sources)) all.push_back({entry.path(), node});
  }
  std::ranges::sort(all, {}, &Case::name);
  return all;
}

std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string text_at(const json::object& object, std::initializer_list<const char*> path) {
  const json::value* at = nullptr;
  const json::object* in = &object;
  for (const auto* key : path) {
    at = in == nullptr ? nullptr : in->if_contains(key);
    in = at == nullptr ? nullptr : at->if_object();
  }
  if (at == nullptr) return "";
  return at->is_string() ? std::string(at->get_string()) : json::serialize(*at);
}

std::string word(const char* name, const std::string& value) {
  return value.empty() ? "" : std::string(" ") + name + " " + value;
}

// One line for a device of `ip -j -d address`: what a file can say, not what changes from run to run.
std::string line_of(const json::object& device) {
  std::string line = text_at(device, {"ifname"}) + ":";
  const auto flags = text_at(device, {"flags"});
  line += flags.find("\"UP\"") != std::string::npos ? " up" : " down";
  line += word("mtu", text_at(device, {"mtu"})) + word("master", text_at(device, {"master"}));
  const auto kind = text_at(device, {"linkinfo", "info_kind"});
  if (kind != "veth") line += word("kind", kind);
  for (const auto* key : {"mode", "miimon", "updelay", "downdelay", "primary", "primary_reselect",
                          "min_links", "xmit_hash_policy", "ad_lacp_rate", "id", "protocol"})
    line += word(key, text_at(device, {"linkinfo", "info_data", key}));
  const auto* addresses = device.if_contains("addr_info");
  if (addresses == nullptr) return line + "\n";
  for (const auto& entry : addresses->as_array()) {
    const auto& address = entry.as_object();
    if (text_at(address, {"scope"}) != "link")
      line += " " + text_at(address, {"local"}) + "/" + text_at(address, {"prefixlen"});
  }
  return line + "\n";
}

std::string devices(const Namespace& host) {
  std::vector<std::string> lines;
  const auto parsed = json::parse(host.check({"ip", "-j", "-d", "address", "show"}));
  for (const auto& device : parsed.as_array())
    if (text_at(device.as_object(), {"ifname"}) != "lo") lines.push_back(line_of(device.as_object()));
  std::ranges::sort(lines);
  std::string text;
  for (const auto& line : lines) text += line;
  return text;
}

// Sorted, without the routes that the kernel makes of addresses.
std::string lines_of(const Namespace& host, const Argv& argv) {
  std::vector<std::string> lines;
  std::istringstream output(host.check(argv));
  for (std::string line; std::getline(output, line);) {
    while (line.ends_with(' ')) line.pop_back();
    if (line.find("proto kernel") == std::string::npos) lines.push_back(line);
  }
  std::ranges::sort(lines);
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

std::string as_the_tools_see(const Namespace& host) {
  return devices(host) + lines_of(host, {"ip", "route"}) + lines_of(host, {"ip", "-6", "route"}) +
         lines_of(host, {"ipvsadm", "-Sn"}) + host.check({"nft", "-p", "list", "ruleset"});
}

class Example : public LabTest, public testing::WithParamInterface<Case> {
 protected:
  Example() : runtime_(fs::temp_directory_path() / ("hawser-example-" + std::to_string(::getpid()))) {
    for (const auto* card : {"eth0", "eth1", "eth2", "eth3"})
      cables_.emplace_back(Cable::End{&host_, card}, Cable::End{&wall_, card});
    fs::create_directories(runtime_);
  }
  ~Example() override {
    std::error_code ignored;
    fs::remove_all(runtime_, ignored);
  }

  [[nodiscard]] Output netd(const char* verb) const {
    Argv argv{program("netd"), verb,     "-c",          GetParam().file,
              "--runtime-dir", runtime_, "--state-dir", runtime_};
    if (!GetParam().node.empty()) argv.insert(argv.end(), {"--node", GetParam().node});
    return host_.run(argv);
  }

  Namespace host_{"host"};
  Namespace wall_{"wall"};
  std::vector<Cable> cables_;
  fs::path runtime_;
};

TEST_P(Example, IsWhatTheToolsSeeAfterApplyAndThenThePlanIsEmpty) {
  const auto apply = netd("apply");
  ASSERT_EQ(apply.status, 0) << apply.text;
  const auto plan = netd("plan");
  EXPECT_EQ(plan.status, 0) << plan.text;
  const auto expected = fs::path(HAWSER_SOURCE_DIR) / "tests/lab/examples" / GetParam().name();
  const auto seen = as_the_tools_see(host_);
  EXPECT_EQ(seen, read(expected)) << expected;
  if (const char* out = std::getenv("HAWSER_LAB_OUT"); out != nullptr && seen != read(expected)) {
    fs::create_directories(fs::path(out) / "examples");
    std::ofstream(fs::path(out) / "examples" / GetParam().name()) << seen;
  }
}

std::string name_of_case(const testing::TestParamInfo<Case>& tested) {
  auto name = tested.param.file.stem().string() + "_" + tested.param.node;
  std::ranges::replace_if(
      name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, Example, testing::ValuesIn(cases()), name_of_case);

}  // namespace
}  // namespace hawser::lab
