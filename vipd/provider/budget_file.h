// The budget of an account on the disk, for all programs of this host that call its API. They take turns.
#pragma once

#include <filesystem>
#include <functional>
#include <map>

#include "vipd/provider/budget.h"

namespace hawser::vipd::provider {

// "hetzner-robot-#ws+abc.json": what is no letter, digit, dot or dash in an account's name is written as %23.
std::string file_name(Kind kind, const std::string& account);

class BudgetFile {
 public:
  BudgetFile(std::filesystem::path file, const Limits& limits) : file_(std::move(file)), limits_(limits) {}

  // Lets `change` at the budget as it is now and keeps what it leaves. Where that cannot be read or written
  // the change is made all the same, to what this process knows: a full disk must not stop a failover. The
  // error is for the log.
  Status use(const std::function<void(Budget&)>& change);

 private:
  std::filesystem::path file_;
  Limits limits_;
  struct Known;
  static std::map<std::filesystem::path, Known>& known();
};

}  // namespace hawser::vipd::provider
