// An imitation of the providers' APIs (tests/support/provider_sim), for tests: real HTTPS, with faults by
// plan.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "tests/support/namespace.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace hawser::test {

class ProviderSim {
 public:
  // `address`: of the host, where it listens.
  explicit ProviderSim(const lab::Namespace& host, std::string address = "127.0.0.1")
      : host_(host), address_(std::move(address)) {}

  void begin(const lab::Argv& more = {});
  // What it wrote stays, until another begins.
  void end();
  // "ca.pem", "robot.credentials", ..
  [[nodiscard]] std::string at(const std::string& name) const {
    return (folder_.path() / "sim" / name).string();
  }
  [[nodiscard]] std::string url() const { return line_of("url"); }
  // The first of such a file.
  [[nodiscard]] std::string line_of(const std::string& name) const;

  // POST plan, state, reset, pause, resume.
  void control(const std::string& method, const std::string& what, const std::string& body) const;
  // As if by hand, in the provider's own pages.
  void lead(const std::string& address, const std::string& server) const;
  [[nodiscard]] std::string leads_to(const std::string& address) const;
  [[nodiscard]] int calls(const std::string& method) const;
  // POSTs whose path begins so.
  [[nodiscard]] int calls_of(const std::string& path) const;
  // Two calls of one caller at once.
  [[nodiscard]] bool any_overlapped() const;

 private:
  const lab::Namespace& host_;
  std::string address_;
  const TempDir folder_;
  std::optional<lab::Process> sim_;
};

}  // namespace hawser::test
