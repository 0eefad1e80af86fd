#include "tests/support/provider.h"

#include <fstream>

#include <boost/json.hpp>

#include "lib/base/atomic_file.h"
#include "lib/base/json_in.h"
#include "tests/support/clock.h"
#include "tests/support/failure.h"

namespace hawser::test {

using namespace std::chrono_literals;
namespace json = boost::json;
using lab::give_up;

void ProviderSim::begin(const lab::Argv& more) {
  std::filesystem::remove_all(at(""));  // an earlier one's: its url would be taken for the new one's
  const std::string program = HAWSER_SOURCE_DIR "/tests/support/provider_sim/provider-sim";
  lab::Argv argv{program, "--folder", at(""), "--listen", address_ + ":0", "--control", address_ + ":0"};
  // The loopback address is in every certificate that is good, and must not come into one that is not.
  if (address_ != "127.0.0.1") argv.insert(argv.end(), {"--name", address_});
  argv.insert(argv.end(), more.begin(), more.end());
  sim_.emplace(host_, argv);
  if (!lab::eventually(
          180s, [&] { return std::filesystem::exists(at("url")); }, 50ms))
    give_up("no imitation: {}", sim_->output());
}

void ProviderSim::end() {
  sim_.reset();
}

std::string ProviderSim::line_of(const std::string& name) const {
  const auto text = read_file(at(name)).value();
  return text.substr(0, text.find('\n'));
}

void ProviderSim::control(const std::string& method, const std::string& what, const std::string& body) const {
  const auto done = host_.run({"curl", "-sS", "--fail-with-body", "-X", method, "-d", body,
                               line_of("control-url") + "/_sim/" + what});
  if (done.status != 0) give_up("{}", done.text);
}

void ProviderSim::lead(const std::string& address, const std::string& server) const {
  control("POST", "state",
          json::serialize(json::object{
              {"robot", json::object{{"failover", json::array{json::object{
                                                      {"ip", address}, {"active_server_ip", server}}}}}}}));
}

std::string ProviderSim::leads_to(const std::string& address) const {
  const auto state = json::parse(host_.run({"curl", "-sS", line_of("control-url") + "/_sim/state"}).text);
  for (const auto& failover : list_in(value_in(state, "robot"), "failover"))
    if (text_in(failover, "ip") == address) return text_in(failover, "active_server_ip");
  return {};
}

int ProviderSim::calls(const std::string& method) const {
  std::ifstream file(at("calls.jsonl"));
  int count = 0;
  for (std::string line; std::getline(file, line);)
    if (text_in(json::parse(line), "method") == method) ++count;
  return count;
}

int ProviderSim::calls_of(const std::string& path) const {
  std::ifstream file(at("calls.jsonl"));
  int count = 0;
  for (std::string line; std::getline(file, line);) {
    const auto call = json::parse(line);
    if (text_in(call, "method") == "POST" && text_in(call, "path").starts_with(path)) ++count;
  }
  return count;
}

bool ProviderSim::any_overlapped() const {
  return read_file(at("calls.jsonl")).value().find("\"overlapped\": true") != std::string::npos;
}

}  // namespace hawser::test
