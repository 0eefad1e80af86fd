// The addresses that providers route: each with its keeper (what to call next), its account (who is called)
// and its timer. Wiring only; what to do is vipd/provider/route_keeper's.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>

#include <boost/asio/io_context.hpp>

#include "vipd/worker/route_plan.h"
#include "vipd/worker/worker_protocol.h"

namespace hawser::vipd {

namespace provider {
class Account;
}

class Routes {
 public:
  using Report = std::function<void(const RouteReport&)>;

  Routes(boost::asio::io_context& context, Files files, Report report, Tell tell);
  ~Routes();
  Routes(const Routes&) = delete;
  Routes& operator=(const Routes&) = delete;

  // The file that is in use. The call of a route that leaves is not called back: the next one of its address
  // waits until it has ended.
  void use(const std::vector<RoutePlan>& plans);
  void lead(const Lead& lead);
  void again(const LeadAgain& again);

 private:
  struct Route;
  using Key = std::pair<std::string, IpAddress>;  // vip, address

  std::shared_ptr<Route> route_for(const RoutePlan& plan);
  void retire(const std::shared_ptr<Route>& route);
  void ended(const std::shared_ptr<Route>& route);
  void drive_all();
  [[nodiscard]] bool is_held_back(const Route& route) const;
  void prove(const Route& route, provider::Meaning meaning);
  void lead(Route& route, const Lead& lead);
  void drive(const std::shared_ptr<Route>& route);
  void call(const std::shared_ptr<Route>& route, provider::Ask ask);
  void heard(const std::shared_ptr<Route>& route, const std::shared_ptr<provider::Account>& account,
             const provider::Answer& answer);
  void tell(Route& route);

  boost::asio::io_context& context_;
  Files files_;
  Report report_;
  Tell tell_;
  std::map<Key, std::shared_ptr<Route>> routes_;
  std::map<IpAddress, std::shared_ptr<Route>> ending_;  // gone, and a call of theirs is on its way
  std::set<std::string> proven_;     // providers by name: their credentials were taken since they were read
  std::map<std::string, Lead> led_;  // by vip: what comes with the next file has a role already
};

}  // namespace hawser::vipd
