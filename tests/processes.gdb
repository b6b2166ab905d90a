# List the processes of a kernel, by its own list of tasks: "PID COMM", a line each.
set $first = &init_task.tasks
set $offset = (char *)$first - (char *)&init_task
set $next = $first->next
while $next != $first
  set $task = (struct task_struct *)((char *)$next - $offset)
  printf "%d %s\n", $task->pid, $task->comm
  set $next = $next->next
end
