// A host that runs netd, with directories of its own, for the tests in tests/native and tests/lab.
#pragma once

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include <boost/json.hpp>

#include "tests/support/failure.h"
#include "tests/support/fixture.h"

namespace hawser::lab {

class NetdHost {
 public:
  explicit NetdHost(const Namespace& where) : where_(where) {
    std::string name = "/tmp/hawser-netd-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) give_up_errno("no directory for the test");
    directory_ = name;
    run_ = directory_ / "run";
    state_ = directory_ / "state";
    std::filesystem::create_directory(run_);
    std::filesystem::create_directory(state_);
  }
  NetdHost(const NetdHost&) = delete;
  NetdHost& operator=(const NetdHost&) = delete;
  ~NetdHost() {
    daemon_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  void write(const std::string& text) const { std::ofstream(directory_ / "hawser.toml") << text; }
  void use_state_of(const NetdHost& other) { state_ = other.state_; }
  void use_run_directory(const std::filesystem::path& directory) { run_ = directory; }
  [[nodiscard]] const std::filesystem::path& run_directory() const { return run_; }
  [[nodiscard]] const std::filesystem::path& state_directory() const { return state_; }

  [[nodiscard]] Argv command(const Argv& words) const {
    Argv argv{program("netd"), words.front(), "-c",          directory_ / "hawser.toml",
              "--runtime-dir", run_,          "--state-dir", state_};
    argv.insert(argv.end(), words.begin() + 1, words.end());
    return argv;
  }
  [[nodiscard]] Output ask(const Argv& words) const { return where_.run(command(words)); }
  void start(const Argv& options = {}) {
    Argv words{"run"};
    words.insert(words.end(), options.begin(), options.end());
    daemon_.emplace(where_, command(words));
  }
  void start_and_await(const Argv& options = {}) {
    start(options);
    if (!eventually(20s, [&] { return has_said("netd: ready") || !daemon_->running(); }))
      give_up("netd is not ready: {}", log());
  }
  // Another way to start it: `before` ends with an exec of what follows it.
  void start_under(Argv before) {
    const auto netd = command({"run"});
    before.insert(before.end(), netd.begin(), netd.end());
    daemon_.emplace(where_, before);
  }
  [[nodiscard]] Process& daemon() { return *daemon_; }
  [[nodiscard]] std::string log() const { return daemon_->output(); }
  [[nodiscard]] bool has_said(const std::string& text) const { return log().find(text) != std::string::npos; }
  // Within the time that a slow machine takes.
  [[nodiscard]] bool says(const std::string& text) const {
    return eventually(20s, [&] { return has_said(text); });
  }
  [[nodiscard]] std::size_t times_said(const std::string& text) const {
    std::size_t times = 0;
    const auto all = log();
    for (auto at = all.find(text); at != std::string::npos; at = all.find(text, at + 1)) ++times;
    return times;
  }

  [[nodiscard]] boost::json::object status() const {
    boost::system::error_code error;
    auto value = boost::json::parse(ask({"status", "--json"}).text, error);
    return !error && value.is_object() ? value.get_object() : boost::json::object{};
  }
  [[nodiscard]] std::string state() const {
    const auto all = status();
    const auto* state = all.if_contains("state");
    return state != nullptr && state->is_string() ? std::string(state->get_string()) : "";
  }
  [[nodiscard]] bool is_ready() const {
    const auto all = status();
    const auto* ready = all.if_contains("ready");
    return ready != nullptr && ready->is_bool() && ready->get_bool();
  }

 private:
  const Namespace& where_;
  std::filesystem::path directory_, run_, state_;
  std::optional<Process> daemon_;
};

}  // namespace hawser::lab
