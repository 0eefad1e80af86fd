// Fencing for a candidate: whoever had the role is switched off by its provider before it is taken.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "vipd/provider/fence.h"
#include "vipd/worker/fence_plan.h"
#include "vipd/worker/worker_protocol.h"

namespace hawser::vipd {

class Fences {
 public:
  using Report = std::function<void(const FenceReport&)>;

  Fences(boost::asio::io_context& context, Files files, Report report, Tell tell);
  ~Fences();
  Fences(const Fences&) = delete;
  Fences& operator=(const Fences&) = delete;

  void use(std::map<std::string, FencePlan> plans) { plans_ = std::move(plans); }
  // A candidate that wants it; whoever is none any more wants nothing further, but a call that is on its way
  // is not called back.
  void lead(const Lead& lead);

 private:
  struct Task;
  void next(const std::shared_ptr<Task>& task);
  void heard(const std::shared_ptr<Task>& task, const provider::FenceEnd& end);
  void ended(const std::shared_ptr<Task>& task, const std::string& text);
  void later(const std::shared_ptr<Task>& task, const std::string& why);

  boost::asio::io_context& context_;
  Files files_;
  Report report_;
  Tell tell_;
  std::map<std::string, FencePlan> plans_;
  std::map<std::string, std::shared_ptr<Task>> tasks_;  // by vip
};

}  // namespace hawser::vipd
