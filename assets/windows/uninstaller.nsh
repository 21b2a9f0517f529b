; What Jeton itself writes into the registry for its person, by Electron: jeton: (Classes) and the start at login (Run,
; with what the Task Manager keeps beside it). An update is an uninstallation too, and leaves it.
!macro customUnInstall
  ${ifNot} ${isUpdated}
    ; Not where another program has taken the scheme since.
    ReadRegStr $R0 HKCU "Software\Classes\jeton\shell\open\command" ""
    ${if} $R0 == '"$INSTDIR\${APP_EXECUTABLE_FILENAME}" "%1"'
      DeleteRegKey HKCU "Software\Classes\jeton"
    ${endIf}
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "${APP_ID}"
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run" "${APP_ID}"
  ${endIf}
!macroend
