// netd on a host of the laboratory, with directories of its own.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "tests/support/failure.h"
#include "tests/support/process.h"

namespace hawser::lab {

class NetdHost {
 public:
  explicit NetdHost(const Namespace& host) : host_(host) {
    std::string name = (std::filesystem::temp_directory_path() / "netd-XXXXXX").native();
    if (::mkdtemp(name.data()) == nullptr) give_up_errno("no directory for the test");
    directory_ = name;
  }
  NetdHost(const NetdHost&) = delete;
  NetdHost& operator=(const NetdHost&) = delete;
  ~NetdHost() {
    daemon_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  void write(const std::string& text) const { std::ofstream(directory_ / "hawser.toml") << text; }
  // netd with a verb and its options, to the end.
  [[nodiscard]] Output run(const Argv& words) const { return host_.run(command(words)); }
  // In the background; when this returns it is ready or has ended.
  void start(const Argv& options = {}) {
    Argv words{"run"};
    words.insert(words.end(), options.begin(), options.end());
    daemon_ = std::make_unique<Process>(host_, command(words));
    if (!eventually(20s, [&] { return logged("netd: ready") || !daemon_->running(); }))
      give_up("netd is not ready: {}", daemon_->output());
  }
  [[nodiscard]] Process& daemon() const { return *daemon_; }
  [[nodiscard]] bool logged(const std::string& text) const {
    return daemon_->output().find(text) != std::string::npos;
  }
  // Within the time that a slow machine takes.
  [[nodiscard]] bool says(const std::string& text) const {
    return eventually(20s, [&] { return logged(text); });
  }
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }

 private:
  [[nodiscard]] Argv command(const Argv& words) const {
    Argv argv{program("netd"), words.front(), "-c",          directory_ / "hawser.toml",
              "--runtime-dir", directory_,    "--state-dir", directory_};
    argv.insert(argv.end(), words.begin() + 1, words.end());
    return argv;
  }

  const Namespace& host_;
  std::filesystem::path directory_;
  std::unique_ptr<Process> daemon_;
};

}  // namespace hawser::lab
